/** Which writes of a run another version of its flow cannot take over, in words. Pure. */
import type { NodeId } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import type { StepKey } from './journal-record.ts';
import type { RecordedRun } from './recorded-outcomes.ts';
import { nodeIdOf } from './run-state.ts';

/** A step that wrote, or may have, and that would leave what it wrote unknown or write it twice. */
export interface LostWrite {
  step: StepKey;
  title: string;
  what: string;
}

/**
 * One of each node, in the order in which they wrote.
 * @param runs those that repeat each other.
 */
export function writesNotTakenOver(runs: readonly RecordedRun[], before: CompiledFlow, now: CompiledFlow): LostWrite[] {
  const seen = new Set<NodeId>();
  return runs
    .flatMap((run) => [...run.effects])
    .flatMap(([step, { state }]) => {
      const id = nodeIdOf(step);
      if (seen.has(id) || (state !== 'confirmed' && state !== 'unknown')) return [];
      seen.add(id);
      const then = before.nodes.get(id);
      const title = then?.title ?? id;
      const what = whyLost(step, title, then, now.nodes.get(id));
      return what === null ? [] : [{ step, title, what }];
    });
}

function whyLost(
  step: StepKey,
  title: string,
  then: CompiledNode | undefined,
  node: CompiledNode | undefined,
): string | null {
  if (!node) return `The chosen version has no step "${title}" any more, and this run wrote with it.`;
  if (node.node.disabled) return `Step "${title}" is switched off in the chosen version, and this run wrote with it.`;
  if (then && then.node.type !== node.node.type)
    return `Step "${title}" is another kind of step in the chosen version, and this run wrote with it as it was.`;
  if (containersOf(step) !== containersAround(node))
    return `Step "${title}" stands in another loop or group in the chosen version, which does not know what it wrote.`;
  const differs = JSON.stringify(then?.node.params) !== JSON.stringify(node.node.params);
  if (differs && node.idempotency?.how !== 'natural')
    return `The fields of step "${title}" differ in the chosen version: what it wrote would be written a second time.`;
  return null;
}

const containersOf = (step: StepKey): string =>
  step
    .split('/')
    .slice(0, -1)
    .map((part) => part.replace(/\[\d+\]$/, ''))
    .join('/');

function containersAround(node: CompiledNode): string {
  const ids: NodeId[] = [];
  for (let { container } = node.scope; container; container = container.scope.container) ids.unshift(container.id);
  return ids.join('/');
}
