import { createHash } from 'node:crypto';
import type { NextStep, NodeHost, StepCall, StepResult } from '@waybill/engine/ports';
import type { ErrorRecord, JsonObject, JsonValue, NodeManifest } from '@waybill/flow-model';
import type { CallContext, HostCapabilities } from './capabilities.ts';
import type { Catalog, CatalogPackage } from './catalog.ts';
import { loadCatalog } from './catalog.ts';
import type { SandboxLimits } from './limits.ts';
import { defaultLimits } from './limits.ts';
import { answerCall } from './pool/host-calls.ts';
import { readChunkResult, readResult } from './pool/result.ts';
import type { PoolStats } from './pool/runner-pool.ts';
import { createRunnerPool } from './pool/runner-pool.ts';
import type { TicketEnd, Work } from './pool/ticket.ts';
import { createTickets } from './pool/tickets.ts';
import type { PageAnswer, PageCall, PollAnswer, PollCall, RecordsAnswer, RecordsCall } from './sandbox-calls.ts';
import { sandboxErrors } from './sandbox-error.ts';
import { guestCall, nextText, stepResult } from './step-trip.ts';

export interface SandboxOptions {
  /** Runner processes; default 2. */
  runners?: number;
  /** Folder that `buildBundles` filled. */
  bundlesDir: string;
  /** Packages to serve; default: the catalog in the bundles folder. */
  catalog?: Catalog;
  capabilities: HostCapabilities;
  limits?: Partial<SandboxLimits>;
}

/** What a package says about itself. */
export type Inspected = Pick<CatalogPackage, 'name' | 'manifests' | 'credentials'>;

export interface Sandbox extends NodeHost {
  /** Runs the `poll` of a trigger node. Never rejects. */
  poll(call: PollCall, signal: AbortSignal): Promise<PollAnswer>;
  /**
   * Reads the manifests of a built package in an isolate of a process of its own.
   * @throws Error saying why the package cannot be loaded.
   */
  inspectPackage(source: string): Promise<Inspected>;
  /** Takes a chunk of a record stream through its stages. Never rejects. */
  records(call: RecordsCall, signal: AbortSignal): Promise<RecordsAnswer>;
  /** One page of a paged source: the `page` of a node. Never rejects. */
  page(call: PageCall, signal: AbortSignal): Promise<PageAnswer>;
  stats(): PoolStats;
  /** Ends the runner processes; open steps fail as retryable. */
  stop(): Promise<void>;
}

const MIN_MEMORY_MB = 32;
const INSPECT_TIMEOUT_MS = 10_000;

/** Starts runner processes and resolves when they are ready. @throws Error if the bundles folder or a runner is not usable. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const limits: SandboxLimits = { ...defaultLimits, ...options.limits };
  const catalog = options.catalog ?? loadCatalog(options.bundlesDir);
  const placed = new Map<string, { bundle: string; shared: boolean; manifest: NodeManifest }>();
  for (const { bundle, shared, manifests } of catalog.packages)
    for (const manifest of manifests) placed.set(manifest.type, { bundle, shared, manifest });

  const pool = createRunnerPool({
    runners: options.runners ?? 2,
    setup: { bundlesDir: options.bundlesDir, limits, softRssBytes: limits.runnerRssMb * 0.5 * 1_048_576 },
    runnerRssMb: limits.runnerRssMb,
    stepsPerRunner: limits.stepsPerRunner,
    graceMs: limits.graceMs,
  });
  await pool.ready().catch(async (thrown: unknown) => {
    await pool.stop();
    throw thrown;
  });

  const perform = createTickets(pool);
  /** Isolates come in a few sizes, so that calls can share them. */
  const memoryFor = (wanted: number | undefined): number => {
    const bounded = Math.min(limits.maxMemoryMb, Math.max(MIN_MEMORY_MB, wanted ?? limits.memoryMb));
    return 2 ** Math.ceil(Math.log2(bounded));
  };

  const noCalls = () => async (call: { id: number; call: number }) => ({
    t: 'answer' as const,
    id: call.id,
    call: call.call,
    ok: false,
    head: JSON.stringify(sandboxErrors.cancelled()),
    body: '',
  });

  async function trip(call: TripCall, signal: AbortSignal): Promise<TicketEnd> {
    const place = placed.get(call.guest.nodeType);
    if (!place) return { kind: 'failed', error: unknownNode(call.guest.nodeType), crashed: false };
    const json = JSON.stringify(call.guest);
    const next = nextText(call.next ?? [], (step) => mayGoAlong(step, place.bundle));
    if (json.length + next.length > limits.inputChars)
      return { kind: 'failed', error: sandboxErrors.inputTooLarge(limits.inputChars), crashed: false };
    const { bundle, shared, manifest } = place;
    const work: Work = {
      t: 'step',
      bundle,
      shared,
      runId: call.guest.runId,
      json,
      next,
      timeoutMs: call.timeoutMs,
      memoryMb: memoryFor(call.memoryMb),
    };
    return perform(
      work,
      signal,
      () => scriptName(call.guest),
      (stop) => {
        const context = (): CallContext => ({
          runId: call.guest.runId,
          step: call.guest.step,
          nodeType: manifest.type,
          connections: call.connections,
          allowedHosts: manifest.capabilities.network ?? [],
          correlationId: call.correlationId,
          idempotencyKey: call.guest.effectKey,
          attempt: call.guest.attempt,
          get signal() {
            return stop();
          },
        });
        const { capabilities } = options;
        return (message) =>
          answerCall(message, { manifest, context: context(), capabilities, httpBodyChars: limits.httpBodyChars });
      },
    );
  }

  /** What brought a runner down before runs by itself. */
  const mayGoAlong = (step: NextStep, bundle: string): boolean =>
    placed.get(step.nodeType)?.bundle === bundle && !pool.isSuspect(() => scriptName(step));

  async function execute(call: StepCall, signal: AbortSignal): Promise<StepResult> {
    const startedAt = performance.now();
    const { timeoutMs, memoryMb, connections, scope, next, runId } = call;
    const correlationId = scope.run?.correlationId ?? runId;
    const guest = guestCall(call);
    const end = await trip({ guest, connections, correlationId, timeoutMs, memoryMb, next }, signal);
    return stepResult(call, end, performance.now() - startedAt);
  }

  async function poll(call: PollCall, signal: AbortSignal): Promise<PollAnswer> {
    const guest = {
      mode: 'poll' as const,
      runId: call.pollId,
      step: call.pollId,
      nodeType: call.nodeType,
      nodeVersion: call.nodeVersion,
      params: call.params,
      scope: { vars: call.vars },
      input: {},
      effectKey: call.pollId,
      attempt: 1,
      now: call.now,
      watermark: call.watermark,
    };
    const { connections, pollId, timeoutMs, memoryMb } = call;
    const end = await trip({ guest, connections, correlationId: pollId, timeoutMs, memoryMb }, signal);
    if (end.kind === 'failed') return { ok: false, error: end.error };
    const result = readResult(end.json);
    if (!result.ok) return { ok: false, error: result.error };
    if (!result.polled) return { ok: false, error: unknownNode(call.nodeType) };
    return { ok: true, result: result.polled };
  }

  async function records(call: RecordsCall, signal: AbortSignal): Promise<RecordsAnswer> {
    const place = placed.get(call.nodeType);
    if (!place) return { ok: false, error: unknownNode(call.nodeType), crashed: false };
    const { plan, stand, now, effectKey, runId, step, bytes, charset, connections, correlationId, attempt } = call;
    const code = plan.stages.flatMap((stage) => (stage.do === 'code' ? [stage.source] : []));
    const work: Work = {
      t: 'records',
      runId,
      json: JSON.stringify({ plan, stand, now, seed: `${effectKey}:${stand.at}` }),
      bytes,
      charset,
      code,
      timeoutMs: call.timeoutMs,
      memoryMb: memoryFor(call.memoryMb),
    };
    const { manifest } = place;
    const end = await perform(
      work,
      signal,
      () => `${call.nodeType}:${hashed(JSON.stringify(plan.stages))}`,
      (stop) => (message) =>
        answerCall(message, {
          manifest,
          context: {
            runId,
            step,
            nodeType: manifest.type,
            connections,
            allowedHosts: [],
            correlationId,
            idempotencyKey: effectKey,
            attempt,
            signal: stop(),
          },
          capabilities: options.capabilities,
          httpBodyChars: limits.httpBodyChars,
        }),
    );
    if (end.kind === 'failed') return { ok: false, error: end.error, crashed: end.crashed };
    const read = readChunkResult(end.json);
    return read.ok ? read : { ...read, crashed: false };
  }

  async function page(call: PageCall, signal: AbortSignal): Promise<PageAnswer> {
    const { nodeType, nodeVersion, runId, step, params, effectKey, attempt, now, cursor } = call;
    const guest = {
      mode: 'page' as const,
      ...{ runId, step, nodeType, nodeVersion, params, effectKey, attempt, now, cursor },
      scope: {},
      input: {},
    };
    const { connections, correlationId, timeoutMs, memoryMb } = call;
    const end = await trip({ guest, connections, correlationId, timeoutMs, memoryMb }, signal);
    if (end.kind === 'failed') return { ok: false, error: end.error, crashed: end.crashed };
    const result = readResult(end.json);
    if (!result.ok) return { ok: false, error: result.error, crashed: false };
    if (!result.page) return { ok: false, error: unknownNode(nodeType), crashed: false };
    return { ok: true, page: result.page };
  }

  async function evaluate(expression: string, scope: JsonObject, timeoutMs: number) {
    const json = JSON.stringify({ expression, scope, now: Date.now() });
    if (json.length > limits.inputChars)
      return { ok: false as const, error: sandboxErrors.inputTooLarge(limits.inputChars) };
    const work: Work = { t: 'evaluate', json, timeoutMs, memoryMb: memoryFor(undefined) };
    const end = await perform(work, undefined, () => `expression:${hashed(expression)}`, noCalls);
    if (end.kind === 'failed') return { ok: false as const, error: end.error };
    const result = readResult(end.json);
    return result.ok ? { ok: true as const, value: result.value ?? null } : { ok: false as const, error: result.error };
  }

  async function inspectPackage(source: string): Promise<Inspected> {
    const work: Work = { t: 'inspect', source, timeoutMs: INSPECT_TIMEOUT_MS, memoryMb: memoryFor(limits.memoryMb) };
    const end = await perform(work, undefined, () => `package:${hashed(source)}`, noCalls);
    if (end.kind === 'failed') throw new Error(end.error.what);
    return JSON.parse(end.json) as Inspected;
  }

  return { execute, evaluate, poll, records, page, inspectPackage, stats: pool.stats, stop: pool.stop };
}

interface TripCall {
  guest: {
    mode: StepCall['mode'] | 'poll' | 'page';
    runId: string;
    step: string;
    nodeType: string;
    nodeVersion: number;
    params: Record<string, JsonValue>;
    effectKey: string;
    attempt: number;
  };
  connections: Record<string, string>;
  correlationId: string;
  timeoutMs: number;
  memoryMb: number | undefined;
  next?: readonly NextStep[] | undefined;
}

const hashed = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
const scriptName = (guest: Pick<TripCall['guest'], 'nodeType' | 'nodeVersion' | 'params'>): string =>
  `${guest.nodeType}@${guest.nodeVersion}:${hashed(JSON.stringify(guest.params))}`;

const unknownNode = (type: string): ErrorRecord => ({
  code: 'NODE_UNKNOWN',
  what: `There is no node "${type}".`,
  fix: 'Install the package that brings it.',
  owner: 'user',
  engine: 'stop',
});
