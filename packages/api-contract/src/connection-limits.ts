import { z } from 'zod';
import { epochMs } from './common.ts';
import { route } from './route.ts';

const dayMs = 86_400_000;

/** At most `count` calls in any `perMs`. */
export const callRateSchema = z.strictObject({
  count: z.int().min(1).max(1_000_000),
  perMs: z.int().min(100).max(dayMs),
});
export const breakerSchema = z.strictObject({
  failures: z.int().min(1).max(100),
  openMs: z.int().min(1_000).max(3_600_000),
  maxOpenMs: z.int().min(1_000).max(dayMs),
});
export const callLimitsSchema = z
  .strictObject({
    /** Null: as many as come. */
    concurrency: z.int().min(1).max(1_000).nullable(),
    rates: z.array(callRateSchema).max(5),
    /** Null: calls go on however often the system fails. */
    breaker: breakerSchema.nullable(),
  })
  .refine(({ breaker }) => breaker === null || breaker.maxOpenMs >= breaker.openMs, {
    path: ['breaker', 'maxOpenMs'],
    message: 'The longest pause must not be shorter than the first.',
  });
export type CallLimits = z.infer<typeof callLimitsSchema>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write it as 22:00.');
const isZone = (zone: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
};
const weeklyWindowSchema = z.strictObject({
  kind: z.literal('weekly'),
  /** 1 is Monday. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  from: timeOfDay,
  /** Not later than `from`: on the next day. */
  to: timeOfDay,
  zone: z.string().refine(isZone, 'This time zone does not exist; write it as Europe/Berlin.'),
});
const onceWindowSchema = z.object({
  kind: z.literal('once'),
  from: epochMs,
  to: epochMs,
  reason: z.string().max(500),
  by: z.string(),
});
export const maintenanceWindowSchema = z.discriminatedUnion('kind', [weeklyWindowSchema, onceWindowSchema]);
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;

/** What an edit of the connection may send; windows that are on now are started and ended by acts of their own. */
export const maintenanceEditSchema = z
  .array(
    z.discriminatedUnion('kind', [
      weeklyWindowSchema,
      z
        .strictObject({
          kind: z.literal('once'),
          from: epochMs,
          to: epochMs,
          reason: z.string().trim().min(1).max(500),
          /** Ignored: who planned it stays. */
          by: z.string().optional(),
        })
        .refine(({ from, to }) => to > from, { path: ['to'], message: 'It must end after it begins.' }),
    ]),
  )
  .max(20);

/** What people decided about calling the system. */
export const connectionPolicySchema = z.object({
  /** Null: what the type of the connection proposes. */
  limits: callLimitsSchema.nullable(),
  maintenance: z.array(maintenanceWindowSchema),
  paused: z.object({ at: epochMs, by: z.string(), reason: z.string() }).nullable(),
});

export const callStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open') }),
  /** It asked for fewer calls: fewer go out at once than allowed. */
  z.object({ kind: z.literal('slowed') }),
  /** It asked to be left alone for a while. */
  z.object({ kind: z.literal('cooling'), until: epochMs }),
  z.object({ kind: z.literal('down'), until: epochMs }),
  /** The next call tells whether it answers again. */
  z.object({ kind: z.literal('probing') }),
  z.object({
    kind: z.literal('maintenance'),
    until: epochMs,
    reason: z.string().nullable(),
    by: z.string().nullable(),
  }),
  z.object({ kind: z.literal('paused'), at: epochMs, by: z.string(), reason: z.string() }),
]);
export type CallState = z.infer<typeof callStateSchema>;

const waitingSchema = z.object({ count: z.int(), oldestSince: epochMs.nullable() });
/** How busy the way to one system is at this moment. */
export const connectionGaugeSchema = z.object({
  connectionId: z.string(),
  state: callStateSchema,
  /** Steps that call it, and requests on their way, polls and tests among them. */
  stepsInFlight: z.int(),
  requestsInFlight: z.int(),
  /** At once, as learned from its answers and as allowed; null: no limit. */
  limit: z.int().nullable(),
  fullLimit: z.int().nullable(),
  waiting: z.object({ high: waitingSchema, normal: waitingSchema, low: waitingSchema }),
  /** Steps that were put aside and come back by themselves. */
  parked: z.int(),
  rates: z.array(z.object({ count: z.int(), perMs: z.int(), used: z.int() })),
  throttledLastHour: z.int(),
  /** Calls at once that the system itself says it takes; null: it has not said. */
  toldLimit: z.int().nullable(),
  /** Calls that the system says are left; `scarce`: steps begin more slowly, so that they last. */
  allowances: z.array(
    z.object({ of: z.enum(['window', 'day']), left: z.int(), total: z.int(), at: epochMs, scarce: z.boolean() }),
  ),
});
export type ConnectionGauge = z.infer<typeof connectionGaugeSchema>;

const connectionId = z.object({ connectionId: z.string().max(128) });
const reason = z.string().trim().min(1).max(500);

export const connectionActRoutes = {
  connectionGauges: route({
    method: 'GET',
    path: '/connections/gauges',
    tag: 'Connections',
    summary: 'How busy the way to each system is now',
    access: 'connections.read',
    reply: z.object({ items: z.array(connectionGaugeSchema) }),
  }),
  pauseConnection: route({
    method: 'POST',
    path: '/connections/:connectionId/pause',
    tag: 'Connections',
    summary: 'Begin no more steps that call this system; they wait until it is resumed',
    access: 'connections.act',
    params: connectionId,
    body: z.strictObject({ reason }),
    reply: connectionGaugeSchema,
  }),
  resumeConnection: route({
    method: 'POST',
    path: '/connections/:connectionId/resume',
    tag: 'Connections',
    summary: 'Call a paused system again',
    access: 'connections.act',
    params: connectionId,
    body: z.strictObject({ reason }),
    reply: connectionGaugeSchema,
  }),
  startMaintenance: route({
    method: 'POST',
    path: '/connections/:connectionId/maintenance',
    tag: 'Connections',
    summary: 'Begin no more steps that call this system until a moment',
    access: 'connections.act',
    params: connectionId,
    body: z.strictObject({ until: epochMs, reason }),
    reply: connectionGaugeSchema,
  }),
  endMaintenance: route({
    method: 'POST',
    path: '/connections/:connectionId/maintenance/end',
    tag: 'Connections',
    summary: 'End the maintenance window that is on',
    access: 'connections.act',
    params: connectionId,
    body: z.strictObject({ reason }),
    reply: connectionGaugeSchema,
  }),
  tryConnectionNow: route({
    method: 'POST',
    path: '/connections/:connectionId/try-now',
    tag: 'Connections',
    summary: 'Ask a system that does not answer at once, without waiting for the next try',
    access: 'connections.act',
    params: connectionId,
    body: z.strictObject({ reason: z.string().trim().max(500).default('') }),
    reply: z.object({
      gauge: connectionGaugeSchema,
      /** Null: this kind of connection has nothing that can be asked safely; the next step tells. */
      answer: z.object({ ok: z.boolean(), what: z.string(), fix: z.string().nullable() }).nullable(),
    }),
  }),
};
