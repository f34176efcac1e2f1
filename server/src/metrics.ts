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
  return {
    httpRequest: (method, route, status, tookMs) => http.observe({ method, route, status: String(status) }, tookMs),
    run: (status) => runs.inc({ status }),
    step: (outcome, tookMs) => steps.observe({ outcome }, tookMs),
    webhook: (outcome) => webhooks.inc({ outcome }),
    outboundCall: (outcome, tookMs) => outbound.observe({ outcome }, tookMs),
    text: () => registry.metrics(),
  };
}
