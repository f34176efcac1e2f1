import type { JsonValue } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';

export type AuditActor = Pick<Actor, 'id' | 'name'>;
/** What the platform does by itself. */
export const systemActor: AuditActor = { id: 'system', name: 'Waybill' };

/** Writes down who changed what. `undefined` members are left out; secrets must never be passed. */
export type AuditLog = (
  actor: AuditActor,
  action: `${string}.${string}`,
  subject: string,
  details?: Record<string, JsonValue | undefined>,
) => Promise<void>;

export function auditLog(store: Pick<Repositories, 'audit'>, now: Now): AuditLog {
  return async (actor, action, subject, details = {}) => {
    const known = Object.entries(details).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
    await store.audit.append({
      at: now(),
      actor: actor.id,
      actorName: actor.name,
      action,
      subject,
      details: Object.fromEntries(known),
    });
  };
}
