import type { Routed, RoutingRule } from '@waybill/api-contract';
import type { FlowSettings } from '@waybill/flow-model';

/** What a rule looks at. */
export interface Routable {
  class: string;
  flowId: string | null;
  app: string | null;
  amount: number | null;
}

/** Who gets what neither a rule nor its flow gives to anybody. */
const lastOwner = 'operator';

const fits = (rule: RoutingRule, problem: Routable): boolean =>
  (rule.class === null || rule.class === problem.class) &&
  (rule.flowId === null || rule.flowId === problem.flowId) &&
  (rule.app === null || rule.app.toLowerCase() === problem.app?.toLowerCase()) &&
  (rule.minValue === null || (problem.amount !== null && problem.amount >= rule.minValue));

/** Pure: the first rule that fits, else the owner its flow names, else the operators. What a rule leaves open its flow says. */
export function routed(
  rules: readonly RoutingRule[],
  problem: Routable,
  settings: Pick<FlowSettings, 'errorOwner' | 'slaMs'> = {},
): Routed {
  const at = rules.findIndex((rule) => fits(rule, problem));
  const rule = rules[at];
  return {
    rule: rule ? at + 1 : null,
    owner: rule?.owner ?? settings.errorOwner ?? lastOwner,
    priority: rule?.priority ?? (problem.class === 'in-doubt' ? 'high' : 'normal'),
    slaMs: rule?.slaMs ?? settings.slaMs ?? null,
    escalation: rule?.escalation ?? [],
  };
}
