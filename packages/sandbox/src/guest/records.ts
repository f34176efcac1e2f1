import type { JsonObject } from '@waybill/flow-model';
import { processChunk } from '@waybill/records';
import type { GuestChunk, GuestLimits } from './call.ts';
import { headOf } from './context.ts';
import { bindingsFor, evaluateExpression } from './expression.ts';
import { failureOf } from './failure.ts';
import type { HostCalls } from './host-calls.ts';
import { asJson } from './outcome.ts';

export type CodeStage = (scope: object) => unknown;

/**
 * Takes one chunk through the stages of its stream; never rejects.
 * @returns JSON of the result, a line feed, then the text for the sink.
 */
export async function executeChunk(
  chunk: GuestChunk,
  text: string,
  code: readonly CodeStage[],
  host: HostCalls,
  limits: GuestLimits,
): Promise<string> {
  try {
    const bindings = bindingsFor({ now: chunk.now, seed: chunk.seed });
    const { result, body } = await processChunk(text, chunk.plan, chunk.stand, {
      evaluate: (expression, scope) => evaluateExpression(expression, scope, bindings),
      lookUp: async (table, keys) =>
        headOf<(JsonObject | null)[]>(
          await host.call('table-lookup-many', JSON.stringify({ table, keys, at: chunk.now })),
        ),
      counterparts: async (entity, fromSystem, toSystem, fromIds) =>
        headOf<(string | null)[]>(
          await host.call('crosswalk-find-many', JSON.stringify({ entity, fromSystem, fromIds, toSystem })),
        ),
      code,
    });
    return `{"ok":true,"result":${asJson(result, 'The result of the chunk', limits.outputChars)}}\n${body}`;
  } catch (thrown) {
    return `${JSON.stringify({ ok: false, error: failureOf(thrown, 'The record stream') })}\n`;
  }
}
