import type { ConnectionGauge } from '@waybill/api-contract';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the platform counts, in Prometheus' text form. */
export interface Metrics {
  httpRequest(method: string, route: string, status: number, tookMs: number): void;
  /** A run reached this status. */
  run(status: string): void;
  step(outcome: 'succeeded' | 'failed', tookMs: number): void;
  webhook(outcome: 'accepted' | 'duplicate' | 'refused'): void;
  outboundCall(outcome: 'ok' | 'refused' | 'failed', tookMs: number): void;
  text(): Promise<string>;
}

export interface MetricSources {
  stats(): { activeRuns: number; stepsUnderWay: number };
  runnerCrashes(): number;
  connections(): (ConnectionGauge & { name: string })[];
}

const httpBucketsMs = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000];

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const http = new Histogram({
    name: 'waybill_http_request_ms',
    help: 'Duration of HTTP requests by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: httpBucketsMs,
    registers,
  });
  const runs = new Counter({
    name: 'waybill_runs_total',
    help: 'Runs that reached a status',
    labelNames: ['status'],
    registers,
  });
  const steps = new Histogram({
    name: 'waybill_step_ms',
    help: 'Duration of steps by outcome',
    labelNames: ['outcome'],
    buckets: httpBucketsMs,
    registers,
  });
  const webhooks = new Counter({
    name: 'waybill_webhooks_total',
    help: 'Webhook calls by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const outbound = new Histogram({
    name: 'waybill_outbound_call_ms',
    help: 'Duration of calls to outside systems by outcome',
    labelNames: ['outcome'],
    buckets: httpBucketsMs,
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('waybill_active_runs', 'Runs held in memory', () => sources.stats().activeRuns);
  gauge('waybill_steps_under_way', 'Steps being executed', () => sources.stats().stepsUnderWay);
  gauge('waybill_runner_crashes', 'Runner processes that died since the start', () => sources.runnerCrashes());
  connectionMetrics(registry, sources.connections);
  return {
    httpRequest: (method, route, status, tookMs) => http.observe({ method, route, status: String(status) }, tookMs),
    run: (status) => runs.inc({ status }),
    step: (outcome, tookMs) => steps.observe({ outcome }, tookMs),
    webhook: (outcome) => webhooks.inc({ outcome }),
    outboundCall: (outcome, tookMs) => outbound.observe({ outcome }, tookMs),
    text: () => registry.metrics(),
  };
}

type NamedGauge = ReturnType<MetricSources['connections']>[number];

/** The budget of each connection, read when it is asked for. */
function connectionMetrics(registry: Registry, read: MetricSources['connections']): void {
  const each = (name: string, help: string, value: (gauge: NamedGauge) => number | null) =>
    new Gauge({
      name: `waybill_connection_${name}`,
      help,
      labelNames: ['connection', 'name'],
      registers: [registry],
      collect() {
        this.reset();
        for (const one of read()) {
          const now = value(one);
          if (now !== null) this.set({ connection: one.connectionId, name: one.name }, now);
        }
      },
    });
  each('steps_in_flight', 'Steps that call this connection now', (one) => one.stepsInFlight);
  each('requests_in_flight', 'Requests to this connection on their way', (one) => one.requestsInFlight);
  each('limit', 'Calls at once it takes now; absent without a limit', (one) => one.limit);
  each('parked', 'Steps put aside until this connection may be called', (one) => one.parked);
  each('throttles_last_hour', 'Answers of the last hour that asked for fewer calls', (one) => one.throttledLastHour);
  each('is_open', '1 if calls go out, 0 if paused, under maintenance, down or told to wait', (one) =>
    one.state.kind === 'open' || one.state.kind === 'slowed' || one.state.kind === 'probing' ? 1 : 0,
  );
  new Gauge({
    name: 'waybill_connection_waiting',
    help: 'Steps in line for this connection by lane',
    labelNames: ['connection', 'name', 'lane'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { connectionId, name, waiting } of read())
        for (const [lane, { count }] of Object.entries(waiting))
          this.set({ connection: connectionId, name, lane }, count);
    },
  });
}
