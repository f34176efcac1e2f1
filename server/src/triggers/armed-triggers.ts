import type { Flow, NodeCatalog } from '@waybill/flow-model';
import { connectionsOf } from '@waybill/flow-model';
import type { ArmedTriggerRecord } from '@waybill/store';
import { manifestOfNode } from '../flows/flow-hash.ts';
import { triggerParams } from './trigger-params.ts';

/** Pure: the triggers of a version in the form in which they are kept armed. Disabled ones are not. */
export function triggersOf(flow: Flow, versionId: string, catalog: NodeCatalog): ArmedTriggerRecord[] {
  return Object.entries(flow.nodes).flatMap(([nodeId, node]) => {
    const manifest = manifestOfNode(catalog, node);
    if (!manifest?.trigger || node.disabled || node.parent !== undefined) return [];
    return [
      {
        flowId: flow.id,
        nodeId,
        versionId,
        how: manifest.trigger.how,
        nodeType: node.type,
        nodeVersion: node.version,
        title: node.title ?? manifest.title,
        params: triggerParams(manifest, node.params),
        connections: connectionsOf(node, manifest),
      },
    ];
  });
}

/** Last part of a webhook's address. */
export const webhookPath = (trigger: ArmedTriggerRecord): string => String(trigger.params['path'] ?? trigger.nodeId);
