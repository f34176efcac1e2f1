import type { Engine } from '@waybill/engine';
import type { Clock } from '@waybill/engine/ports';
import type { Flow, JsonValue, NodeCatalog } from '@waybill/flow-model';
import { flowVersionIdSchema, manifestKey } from '@waybill/flow-model';
import type { ArmedTriggerRecord, Repositories } from '@waybill/store';
import { publishedVersionId, triggerKey } from '@waybill/store';
import type { Log } from '../logger.ts';
import { triggersOf, webhookPath } from './armed-triggers.ts';
import type { Polled } from './poll.ts';
import { runPoll } from './poll.ts';
import { lastFiring, runSchedule, scheduleState } from './schedule.ts';
import { textParam } from './trigger-params.ts';

export interface TriggerDesk {
  /** Arms what is stored, after a look whether it is what should be. Call once at start. */
  load(): Promise<number>;
  arm(flowId: string, versionId: string, flow: Flow): Promise<void>;
  disarm(flowId: string): Promise<void>;
  webhook(flowId: string, path: string): ArmedTriggerRecord | null;
  ofFlow(flowId: string): ArmedTriggerRecord[];
  /** Triggers of flows that subscribe to this business event. */
  subscribers(event: string): ArmedTriggerRecord[];
  waitingForFiles(): ArmedTriggerRecord[];
  stop(): void;
}

export interface TriggerDeskOptions {
  store: Pick<Repositories, 'armedTriggers' | 'triggerState' | 'flows' | 'flowVersions'>;
  catalog: NodeCatalog;
  engine: () => Pick<Engine, 'start'>;
  clock: Clock;
  /** Asks a poll trigger's node in the sandbox. */
  poll(trigger: ArmedTriggerRecord, watermark: JsonValue | null): Promise<Polled>;
  /** Whether the connections of a poll trigger are paused or under maintenance. */
  isHeld(trigger: ArmedTriggerRecord): boolean;
  log: Log;
}

/** Keeps the triggers of published versions going. */
export function triggerDesk(options: TriggerDeskOptions): TriggerDesk {
  const { store, catalog, engine, clock, log } = options;
  const armed = new Map<string, ArmedTriggerRecord>();
  const webhooks = new Map<string, ArmedTriggerRecord>();
  const stops = new Map<string, () => void>();
  const keyOf = ({ flowId, nodeId }: ArmedTriggerRecord): string => triggerKey(flowId, nodeId);
  const hookKey = (trigger: ArmedTriggerRecord): string => `${trigger.flowId}/${webhookPath(trigger)}`;

  const startRun = async (trigger: ArmedTriggerRecord, input: JsonValue, dedupeKey: string, startedBy: string) => {
    await engine().start({
      versionId: flowVersionIdSchema.parse(trigger.versionId),
      triggerNode: trigger.nodeId,
      input,
      dedupeKey,
      mode: 'live',
      startedBy,
    });
  };
  const fault = (trigger: ArmedTriggerRecord) => (error: unknown) =>
    log.warn(
      { flowId: trigger.flowId, nodeId: trigger.nodeId, err: error },
      `${trigger.how} trigger failed, trying again`,
    );

  async function startTimer(trigger: ArmedTriggerRecord): Promise<(() => void) | null> {
    const { flowId, nodeId } = trigger;
    const state = await store.triggerState.get(flowId, nodeId);
    if (trigger.how === 'schedule')
      return runSchedule({
        pattern: textParam(trigger.params, 'cron') ?? '',
        timezone: textParam(trigger.params, 'timezone') ?? 'UTC',
        clock,
        lastAt: lastFiring(state),
        fire(moment) {
          const scheduledFor = new Date(moment).toISOString();
          return startRun(trigger, { scheduledFor }, `schedule:${nodeId}:${scheduledFor}`, 'schedule');
        },
        remember: (moment) => store.triggerState.put(flowId, nodeId, scheduleState(moment)),
        onFault: fault(trigger),
      });
    const spec = catalog.get(manifestKey(trigger.nodeType, trigger.nodeVersion))?.trigger;
    if (spec?.how !== 'poll') return null;
    return runPoll({
      everyMs: spec.everyMs,
      clock,
      watermark: state,
      poll: (watermark) => options.poll(trigger, watermark),
      isHeld: () => options.isHeld(trigger),
      start: (event) => startRun(trigger, event.data, `poll:${nodeId}:${event.id}`, 'poll'),
      remember: (watermark) => store.triggerState.put(flowId, nodeId, watermark),
      onFault: fault(trigger),
    });
  }

  function forget(flowId: string): void {
    for (const [key, trigger] of armed) {
      if (trigger.flowId !== flowId) continue;
      stops.get(key)?.();
      stops.delete(key);
      webhooks.delete(hookKey(trigger));
      armed.delete(key);
    }
  }

  async function setGoing(trigger: ArmedTriggerRecord): Promise<void> {
    armed.set(keyOf(trigger), trigger);
    if (trigger.how === 'webhook') webhooks.set(hookKey(trigger), trigger);
    if (trigger.how !== 'schedule' && trigger.how !== 'poll') return;
    try {
      const stop = await startTimer(trigger);
      if (stop) stops.set(keyOf(trigger), stop);
    } catch (error) {
      // One timetable that cannot be read must not keep the others from starting.
      log.error({ flowId: trigger.flowId, nodeId: trigger.nodeId, err: error }, 'trigger could not be armed');
    }
  }

  async function arm(flowId: string, versionId: string, flow: Flow): Promise<void> {
    const triggers = triggersOf(flow, versionId, catalog);
    await store.armedTriggers.replace(flowId, triggers);
    forget(flowId);
    for (const trigger of triggers) await setGoing(trigger);
  }

  /** A crash between publishing and arming leaves the older version armed. */
  async function reconcile(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await store.flows.list({ state: 'published', limit: 200, cursor });
      for (const flow of page.items) {
        const versionId = publishedVersionId(flow.id, flow.publishedVersion ?? 0);
        const current = await store.armedTriggers.ofFlow(flow.id);
        if (current.length > 0 && current.every((trigger) => trigger.versionId === versionId)) continue;
        const version = await store.flowVersions.get(versionId);
        if (version) await store.armedTriggers.replace(flow.id, triggersOf(version.flow, versionId, catalog));
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
  }

  return {
    async load() {
      await reconcile();
      let after: string | null = null;
      do {
        const page: { items: ArmedTriggerRecord[]; lastKey: string | null } = await store.armedTriggers.all(after, 200);
        for (const trigger of page.items) await setGoing(trigger);
        after = page.lastKey;
      } while (after !== null);
      return armed.size;
    },
    arm,
    async disarm(flowId) {
      await store.armedTriggers.replace(flowId, []);
      forget(flowId);
    },
    webhook: (flowId, path) => webhooks.get(`${flowId}/${path}`) ?? null,
    ofFlow: (flowId) => [...armed.values()].filter((trigger) => trigger.flowId === flowId),
    subscribers: (event) =>
      [...armed.values()].filter((trigger) => trigger.how === 'event' && trigger.params['event'] === event),
    waitingForFiles: () => [...armed.values()].filter((trigger) => trigger.how === 'file'),
    stop() {
      for (const stop of stops.values()) stop();
      stops.clear();
    },
  };
}
