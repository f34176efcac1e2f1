// Entry of the script that reads a package's manifests inside an isolate, at build and install time.
import type { NodePackage } from '@waybill/node-sdk';
import { manifestOf } from '@waybill/node-sdk';
import { harden } from './harden.ts';

harden('snapshot');

/** Name, manifests and credential definitions of a package, as JSON. */
const inspect = (nodePackage: NodePackage): string =>
  JSON.stringify({
    name: nodePackage.name,
    manifests: nodePackage.nodes.map(manifestOf),
    credentials: nodePackage.credentials,
  });

Object.defineProperty(globalThis, '__waybillGuest', { value: Object.freeze({ inspect }), configurable: true });
