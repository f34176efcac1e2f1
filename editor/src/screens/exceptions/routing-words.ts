import type { Routed, RoutingRule } from '@waybill/api-contract';
import { durationWords } from '../../ui/time-words.ts';
import { classLabels } from './exception-words.ts';

/** What a rule fits, in words. Pure. */
export function conditionWords(rule: RoutingRule, flowName: (id: string) => string): string {
  const parts = [
    ...(rule.class ? [classLabels[rule.class]] : []),
    ...(rule.flowId ? [`in ${flowName(rule.flowId)}`] : []),
    ...(rule.app ? [`with ${rule.app}`] : []),
    ...(rule.minValue === null ? [] : [`worth ${rule.minValue.toLocaleString()} or more`]),
  ];
  return parts.length === 0 ? 'Everything' : parts.join(', ');
}

/** Who gets it and by when, in words. Pure. */
export function outcomeWords(to: Pick<Routed, 'owner' | 'slaMs' | 'escalation'> & { priority: string | null }): string {
  return [
    to.owner,
    ...(to.priority && to.priority !== 'normal' ? [`${to.priority} priority`] : []),
    ...(to.slaMs === null ? [] : [`within ${durationWords(to.slaMs)}`]),
    ...to.escalation.map((step) => `${step.group} after ${durationWords(step.afterMs)}`),
  ].join(', ');
}

export const newRule = (id: string): RoutingRule => ({
  id,
  class: null,
  flowId: null,
  app: null,
  minValue: null,
  owner: '',
  priority: null,
  slaMs: null,
  escalation: [],
});

/** The list with one entry moved up or down. Pure. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const to = from + by;
  const next = [...list];
  const [entry] = next.splice(from, 1);
  if (entry === undefined || to < 0 || to > next.length) return [...list];
  next.splice(to, 0, entry);
  return next;
}
