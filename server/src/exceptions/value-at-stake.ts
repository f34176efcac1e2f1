import type { NodeHost } from '@waybill/engine/ports';
import type { FlowSettings, JsonValue } from '@waybill/flow-model';
import type { RunStory } from './standing-problems.ts';

const evaluateTimeoutMs = 2_000;

type Evaluate = NodeHost['evaluate'];

/** What a run is worth: by its flow's settings, else what people were last told when they had to decide something. */
export async function valueAtStake(
  settings: FlowSettings,
  trigger: JsonValue,
  story: Pick<RunStory, 'stake'>,
  evaluate: Evaluate,
): Promise<{ amount: number; currency: string } | null> {
  if (!settings.valueAtStake) return story.stake;
  const scope = { input: trigger, trigger, vars: settings.vars ?? {} };
  const read = async (expression: { $: string } | undefined): Promise<JsonValue> => {
    if (!expression) return null;
    const result = await evaluate(expression.$, scope, evaluateTimeoutMs);
    // A value that cannot be worked out must not keep the exception from being seen.
    return result.ok ? result.value : null;
  };
  const [amount, currency] = await Promise.all([read(settings.valueAtStake), read(settings.currency)]);
  const number = typeof amount === 'string' && amount.trim() !== '' ? Number(amount) : amount;
  return typeof number === 'number' && Number.isFinite(number) && typeof currency === 'string' && currency !== ''
    ? { amount: number, currency }
    : story.stake;
}
