/** What a ledger's queries mean; every journal must agree. */
import type { EffectEntry, EffectFilter } from '../ports/index.ts';

/** An entry after a later change under the same key. */
export const mergedEffect = (earlier: EffectEntry | undefined, entry: EffectEntry): EffectEntry =>
  structuredClone({
    ...entry,
    firstAt: earlier?.firstAt ?? entry.firstAt,
    inputHash: entry.inputHash ?? earlier?.inputHash ?? null,
  });

export const newestChangeFirst = (a: EffectEntry, b: EffectEntry): number =>
  b.updatedAt - a.updatedAt || (a.effectKey < b.effectKey ? 1 : -1);

export function isEffectBehind(entry: EffectEntry, cursor: string): boolean {
  const split = cursor.indexOf(':');
  const updatedAt = Number(cursor.slice(0, split));
  return entry.updatedAt < updatedAt || (entry.updatedAt === updatedAt && entry.effectKey < cursor.slice(split + 1));
}

export function matchesEffect(entry: EffectEntry, filter: EffectFilter): boolean {
  const { runId, flowId, businessKey, businessEffectKeys, connections, states, mode, updatedFrom, updatedTo } = filter;
  const { text } = filter;
  return (
    (runId === undefined || entry.runId === runId) &&
    (flowId === undefined || entry.flowId === flowId) &&
    (businessKey === undefined || entry.businessKey === businessKey) &&
    (businessEffectKeys === undefined ||
      (entry.connection !== null && businessEffectKeys.includes(entry.businessEffectKey ?? ''))) &&
    (connections === undefined || (entry.connection !== null && connections.includes(entry.connection))) &&
    (states === undefined || states.includes(entry.state)) &&
    (mode === undefined || entry.mode === mode) &&
    (updatedFrom === undefined || entry.updatedAt >= updatedFrom) &&
    (updatedTo === undefined || entry.updatedAt <= updatedTo) &&
    (text === undefined ||
      [entry.runId, entry.businessKey, entry.connection === null ? null : entry.effectKey].some(
        (value) => value?.startsWith(text) === true,
      ))
  );
}
