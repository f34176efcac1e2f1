import type { NodeHost, StepCall, StepResult } from '@waybill/engine/ports';
import type { ErrorRecord, JsonValue } from '@waybill/flow-model';
import { hiddenIn, textWithout } from '@waybill/flow-model';
import type { RunMasks } from './run-masks.ts';

/**
 * A host whose errors do not repeat hidden values: systems like to say what they were sent. Errors are shown in lists,
 * mails and exceptions, to people who may not see the data of a run, so the value must not get into them at all.
 */
export function discreetHost(host: NodeHost, masks: Pick<RunMasks, 'ofRun'>): NodeHost {
  async function withoutHidden(call: StepCall, error: ErrorRecord, params: JsonValue): Promise<ErrorRecord> {
    const names = await masks.ofRun(call.runId);
    const { trigger, steps, input } = call.scope;
    const hidden = hiddenIn([trigger, steps, input, call.input, params], names);
    return hidden.length === 0 ? error : wordsWithout(error, hidden);
  }
  /** Also of steps that went along: they saw what this one saw, and what it gave. */
  async function discreet(call: StepCall, result: StepResult): Promise<StepResult> {
    if (!result.ok) return { ...result, error: await withoutHidden(call, result.error, result.params ?? null) };
    if (result.followed === undefined) return result;
    const followed = await Promise.all(
      result.followed.map(async (one) => (one.result.ok ? one : { ...one, result: await discreet(call, one.result) })),
    );
    return { ...result, followed };
  }
  return {
    execute: async (call, signal) => discreet(call, await host.execute(call, signal)),
    // A key of a run that begins: no run says yet what is hidden in the event, so its error repeats nothing of it.
    async evaluate(expression, scope, timeoutMs) {
      const result = await host.evaluate(expression, scope, timeoutMs);
      if (result.ok) return result;
      const event = [scope['trigger'], scope['input']].filter((value) => value !== undefined);
      return { ...result, error: wordsWithout(result.error, event) };
    },
  };
}

function wordsWithout(error: ErrorRecord, hidden: readonly JsonValue[]): ErrorRecord {
  const { what, fix, detail } = error;
  const said = { ...error, what: textWithout(what, hidden), fix: textWithout(fix, hidden) };
  return detail === undefined ? said : { ...said, detail: textWithout(detail, hidden) };
}
