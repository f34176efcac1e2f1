import type { CredentialType } from '@waybill/api-contract';
import type { NodeManifest } from '@waybill/flow-model';
import { NodeIcon } from '../../flow-editor/canvas/NodeIcon.tsx';

/** The tile of a connection type, in the colour its nodes have on the canvas. */
export function typeIcon(type: CredentialType | undefined, size = 32) {
  const manifest = { kind: 'connector', app: type?.title ?? '', icon: type?.icon ?? 'link' } as NodeManifest;
  return <NodeIcon size={size} manifest={manifest} />;
}
