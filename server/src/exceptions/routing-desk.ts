import type { RoutingRule } from '@waybill/api-contract';
import { routingRuleSchema } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import { z } from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { HttpProblem } from '../problem.ts';

const settingName = 'exceptions.rules';
const stored = z.object({ rules: z.array(routingRuleSchema), revision: z.int() });
export type StoredRules = z.infer<typeof stored>;

/** Who gets which exception; kept as one setting of the workspace. */
export interface RoutingDesk {
  rules(): Promise<StoredRules>;
  /** @throws {HttpProblem} RULES_CHANGED if somebody else saved meanwhile, REQUEST_INVALID for two rules with one id. */
  put(rules: RoutingRule[], revision: number, actor: Actor): Promise<StoredRules>;
}

export function routingDesk(store: Pick<Repositories, 'settings'>, audit: AuditLog): RoutingDesk {
  const rules = async (): Promise<StoredRules> => {
    const known = await store.settings.get(settingName);
    return known === null ? { rules: [], revision: 0 } : stored.parse(known);
  };
  return {
    rules,
    async put(next, revision, actor) {
      const before = await rules();
      if (before.revision !== revision)
        throw new HttpProblem('RULES_CHANGED', {
          detail: 'Somebody else saved the routing rules meanwhile; nothing was overwritten.',
          fix: 'Reload them and make your change again.',
        });
      if (new Set(next.map((rule) => rule.id)).size !== next.length)
        throw new HttpProblem('REQUEST_INVALID', {
          detail: 'Two routing rules have the same id.',
          fix: 'Give every rule an id of its own.',
        });
      const after = { rules: next, revision: revision + 1 };
      await store.settings.put(settingName, after as JsonValue);
      await audit(actor, 'exception.rules-changed', 'exception-rules', {
        before: before.rules as JsonValue,
        after: next as JsonValue,
      });
      return after;
    },
  };
}
