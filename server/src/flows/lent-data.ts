import type { Flow, JsonValue, NodeCatalog, NodeId } from '@waybill/flow-model';
import { maskedText } from '@waybill/flow-model';
import { HttpProblem } from '../problem.ts';
import { manifestOfNode } from './flow-hash.ts';

const hasMask = (value: JsonValue): boolean => JSON.stringify(value).includes(maskedText);

/**
 * Whoever may not see a value has its mask in the data they lend to a test run. A step that writes would send the mask to
 * another system as if it were the value.
 * @throws {HttpProblem} REQUEST_INVALID
 */
export function refuseMaskedWrites(flow: Flow, catalog: NodeCatalog, input: JsonValue): void {
  const lent: [string, JsonValue][] = [
    ['what the run begins with', input],
    ...Object.entries(flow.pins).map(([id, pin]): [string, JsonValue] => [`the output of “${titleOf(id)}”`, pin.value]),
  ];
  const [from] = lent.find(([, value]) => hasMask(value)) ?? [];
  if (from === undefined) return;
  const writer = Object.entries(flow.nodes).find(
    ([id, node]) =>
      !node.disabled && flow.pins[id] === undefined && manifestOfNode(catalog, node)?.traits.effect === 'write',
  );
  if (!writer) return;
  throw new HttpProblem('REQUEST_INVALID', {
    detail: `There are hidden values in ${from}, and “${titleOf(writer[0])}” would write “${maskedText}” in their place; nothing was started.`,
    fix: 'Pin data of your own for that step, or run only steps that do not write.',
  });

  function titleOf(id: NodeId): string {
    const node = flow.nodes[id];
    return node?.title ?? (node && manifestOfNode(catalog, node)?.title) ?? id;
  }
}
