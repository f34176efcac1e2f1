import { defineNodePackage } from '@waybill/node-sdk';
import { httpBasic, httpBearer, httpHeader, httpNone } from './accounts.ts';
import { put } from './put.ts';
import { read } from './read.ts';
import { readPages } from './read-pages.ts';
import { send } from './send.ts';

export const nodePackage = defineNodePackage({
  name: 'http',
  nodes: [read, readPages, send, put],
  credentials: [httpNone, httpBasic, httpBearer, httpHeader],
});
