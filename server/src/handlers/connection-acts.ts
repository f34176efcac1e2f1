import type { ConnectionGauge } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import type { ConnectionPolicy, ConnectionRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { maintenanceEnded, maintenanceStarted, paused, resumed } from '../connections/policy-acts.ts';
import { maintenancePlan } from '../governor/maintenance.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { Platform } from './platform.ts';

const longestWindowMs = 31 * 86_400_000;

const refused = (detail: string, fix: string): HttpProblem =>
  new HttpProblem('CONNECTION_ACT_REFUSED', { detail, fix });

const shown = ({ paused: pause, maintenance, liftedUntil }: ConnectionPolicy): JsonValue => ({
  paused: pause,
  maintenance: maintenance.map((window) => ({ ...window })),
  liftedUntil,
});

/** What operators do with the way to a system, and how busy it is. */
export function connectionActHandlers(
  platform: Platform,
): Some<
  | 'connectionGauges'
  | 'pauseConnection'
  | 'resumeConnection'
  | 'startMaintenance'
  | 'endMaintenance'
  | 'tryConnectionNow'
> {
  const { store, governor, audit, now, credentialTypes } = platform;

  async function existing(id: string): Promise<ConnectionRecord> {
    const record = await store.connections.get(id);
    if (!record) throw notFound(`Connection ${id}`);
    return record;
  }

  function gaugeOf(id: string): ConnectionGauge {
    const gauge = governor.gauge(id);
    if (!gauge) throw notFound(`Connection ${id}`);
    return gauge;
  }

  /** One act: decided on the record as it is, kept, in force, written down. */
  async function perform(
    id: string,
    actor: Actor,
    act: { action: `connection.${string}`; reason: string; decide(policy: ConnectionPolicy): ConnectionPolicy },
  ): Promise<ConnectionGauge> {
    const { before, after } = await platform.changePolicy(id, ({ policy }) => act.decide(policy));
    await audit(actor, act.action, `connection:${id}`, {
      reason: act.reason,
      before: shown(before),
      after: shown(after),
    });
    return gaugeOf(id);
  }

  const maintenanceNow = ({ maintenance, liftedUntil }: ConnectionPolicy) =>
    maintenancePlan(maintenance, liftedUntil).at(now());

  return {
    async connectionGauges() {
      return { items: governor.gauges() };
    },

    pauseConnection: ({ params, body: { reason }, actor }) =>
      perform(params.connectionId, actor, {
        action: 'connection.paused',
        reason,
        decide(policy) {
          if (policy.paused)
            throw refused(`It is paused already, by ${policy.paused.by}.`, 'Nothing needs to be done.');
          return paused(policy, { by: actor.name, at: now(), reason });
        },
      }),

    resumeConnection: ({ params, body: { reason }, actor }) =>
      perform(params.connectionId, actor, {
        action: 'connection.resumed',
        reason,
        decide(policy) {
          if (!policy.paused) throw refused('It is not paused.', 'Nothing needs to be done.');
          return resumed(policy);
        },
      }),

    async startMaintenance({ params, body: { until, reason }, actor }) {
      const at = now();
      if (until <= at || until > at + longestWindowMs)
        throw new HttpProblem('CONNECTION_INVALID', {
          detail: 'The maintenance window has no end that is possible.',
          fix: 'Correct what is listed under "problems".',
          problems: [
            {
              path: 'until',
              what: 'It is in the past or more than 31 days ahead.',
              fix: 'Choose a moment in between.',
            },
          ],
        });
      return perform(params.connectionId, actor, {
        action: 'connection.maintenance-started',
        reason,
        decide: (policy) => maintenanceStarted(policy, until, { by: actor.name, at, reason }),
      });
    },

    endMaintenance: ({ params, body: { reason }, actor }) =>
      perform(params.connectionId, actor, {
        action: 'connection.maintenance-ended',
        reason,
        decide(policy) {
          if (!maintenanceNow(policy)) throw refused('No maintenance window is on.', 'Nothing needs to be done.');
          return maintenanceEnded(policy, now());
        },
      }),

    async tryConnectionNow({ params, body: { reason }, actor }) {
      const record = await existing(params.connectionId);
      const { state } = gaugeOf(record.id);
      if (state.kind === 'paused') throw refused(`It is paused by ${state.by}.`, 'Resume it first.');
      if (state.kind === 'maintenance') throw refused('A maintenance window is on.', 'End it first.');
      governor.tryNow(record.id);
      const isTestable = Boolean(credentialTypes.get(record.type)?.test);
      const verdict = isTestable ? await platform.testConnection(record) : null;
      const answer = verdict && { ok: verdict.ok, what: verdict.what, fix: verdict.fix };
      if (answer) await store.connections.update(record.id, { lastTest: { at: now(), ...answer } });
      await audit(actor, 'connection.tried', `connection:${record.id}`, { reason, state: { ...state }, answer });
      return { gauge: gaugeOf(record.id), answer };
    },
  };
}
