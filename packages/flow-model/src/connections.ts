import type { FlowNode } from './flow.ts';
import type { NodeManifest } from './manifest.ts';

/**
 * What each credential slot of a placed node is bound to: what the flow says, else the role the manifest proposes.
 * Slots without either are absent.
 */
export function connectionsOf(node: FlowNode, manifest: NodeManifest): Record<string, string> {
  const proposed = Object.entries(manifest.credentials).flatMap(([slot, spec]) =>
    spec.role === undefined || spec.optional ? [] : [[slot, spec.role] as const],
  );
  const slots = Object.entries(node.connections ?? {}).filter(([slot]) => Object.hasOwn(manifest.credentials, slot));
  return Object.fromEntries([...proposed, ...slots]);
}

/** A role alias is short and lower-case (`crm`, `erp-emea`); anything else a slot is bound to is a connection's id. */
export const isRoleAlias = (binding: string): boolean => /^[a-z][a-z0-9-]{0,23}$/.test(binding);
