import { createHash } from 'node:crypto';
import type { ExpressionScope, NodeHost, StepCall, StepResult } from '@waybill/engine/ports';
import type { EpochMs, ErrorRecord, JsonObject, JsonValue, NodeManifest } from '@waybill/flow-model';
import type { NodeOutcome, PollResult, RecordPage } from '@waybill/node-sdk';
import type { ChunkCharset, ChunkPlan, ChunkResult, ChunkStand } from '@waybill/records';
import type { CallContext, HostCapabilities } from './capabilities.ts';
import type { Catalog, CatalogPackage } from './catalog.ts';
import { loadCatalog } from './catalog.ts';
import type { SandboxLimits } from './limits.ts';
import { defaultLimits } from './limits.ts';
import { answerCall } from './pool/host-calls.ts';
import { readChunkResult, readResult } from './pool/result.ts';
import type { PoolStats } from './pool/runner-pool.ts';
import { createRunnerPool } from './pool/runner-pool.ts';
import type { Ticket, TicketEnd, Work } from './pool/ticket.ts';
import { sandboxErrors } from './sandbox-error.ts';

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

/** One look of a polling trigger at its system. */
export interface PollCall {
  nodeType: string;
  nodeVersion: number;
  params: Record<string, JsonValue>;
  vars: JsonObject;
  connections: Record<string, string>;
  watermark: JsonValue | null;
  /** Names the trigger; shown to the other system as correlation id. */
  pollId: string;
  now: EpochMs;
  timeoutMs: number;
  memoryMb?: number;
}
export type PollAnswer = { ok: true; result: PollResult } | { ok: false; error: ErrorRecord };

/** One chunk of a record stream, for the step that carries it. */
export interface RecordsCall {
  nodeType: string;
  runId: string;
  step: string;
  plan: ChunkPlan;
  stand: ChunkStand;
  bytes: Uint8Array;
  charset: ChunkCharset;
  connections: Record<string, string>;
  correlationId: string;
  effectKey: string;
  attempt: number;
  now: EpochMs;
  timeoutMs: number;
  memoryMb: number;
}
/** One page of what a node reads page by page; its params are resolved already. */
export interface PageCall extends Omit<RecordsCall, 'plan' | 'stand' | 'bytes' | 'charset'> {
  nodeVersion: number;
  params: Record<string, JsonValue>;
  cursor: JsonValue | null;
}
export type PageAnswer = { ok: true; page: RecordPage } | { ok: false; error: ErrorRecord; crashed: boolean };
export type RecordsAnswer =
  | { ok: true; result: ChunkResult; body: string }
  | { ok: false; error: ErrorRecord; crashed: boolean };

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

  let lastId = 0;
  /** Isolates come in a few sizes, so that calls can share them. */
  const memoryFor = (wanted: number | undefined): number => {
    const bounded = Math.min(limits.maxMemoryMb, Math.max(MIN_MEMORY_MB, wanted ?? limits.memoryMb));
    return 2 ** Math.ceil(Math.log2(bounded));
  };

  function perform(
    work: Work,
    signal: AbortSignal | undefined,
    script: () => string,
    answer: (stop: () => AbortSignal) => Ticket['answer'],
  ): Promise<TicketEnd> {
    return new Promise((resolve) => {
      lastId += 1;
      // Made on the first call out: most steps make none.
      let stop: AbortController | undefined;
      const ticket: Ticket = {
        id: lastId,
        work,
        script,
        timeoutMs: work.timeoutMs,
        memoryMb: work.memoryMb,
        hostCalls: 0,
        alone: false,
        trips: 0,
        begunAt: null,
        ended: false,
        answer: answer(() => {
          stop ??= new AbortController();
          return stop.signal;
        }),
        end(how) {
          if (ticket.ended) return;
          ticket.ended = true;
          signal?.removeEventListener('abort', aborted);
          stop?.abort();
          resolve(how);
        },
      };
      const aborted = () => {
        ticket.end({ kind: 'failed', error: sandboxErrors.cancelled(), crashed: false });
        pool.abort(ticket);
      };
      if (signal?.aborted) {
        ticket.end({ kind: 'failed', error: sandboxErrors.cancelled(), crashed: false });
        return;
      }
      signal?.addEventListener('abort', aborted);
      pool.submit(ticket);
    });
  }

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
    if (json.length > limits.inputChars)
      return { kind: 'failed', error: sandboxErrors.inputTooLarge(limits.inputChars), crashed: false };
    const { bundle, shared, manifest } = place;
    const work: Work = {
      t: 'step',
      bundle,
      shared,
      runId: call.guest.runId,
      json,
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

  async function execute(call: StepCall, signal: AbortSignal): Promise<StepResult> {
    const startedAt = performance.now();
    const guest = guestCall(call);
    const { timeoutMs, memoryMb, connections, scope } = call;
    const end = await trip(
      { guest, connections, correlationId: scope.run?.correlationId ?? call.runId, timeoutMs, memoryMb },
      signal,
    );
    const tookMs = performance.now() - startedAt;
    const where = { run: call.runId, step: call.step };
    if (end.kind === 'failed')
      return {
        ok: false,
        error: { ...end.error, where },
        log: [],
        tookMs,
        ...(end.crashed ? { crashed: true } : {}),
      };
    const result = readResult(end.json);
    const log = result.log ?? [];
    if (result.ok) {
      // The shape was checked by `readResult`; which directive it is, the engine reads.
      const outcome = (result.outcome ?? null) as NodeOutcome | null;
      return { ok: true, outcome, params: result.params ?? {}, log, tookMs };
    }
    const { error, params } = result;
    return {
      ok: false,
      error: { ...error, where: { ...where, ...error.where } },
      ...(params ? { params } : {}),
      log,
      tookMs,
    };
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
}

/** What of a call enters the isolate: no connection names, and one copy of an input that the scope carries as well. */
function guestCall(call: StepCall) {
  const { connections: _connections, timeoutMs: _timeoutMs, memoryMb: _memoryMb, input, ...rest } = call;
  const ports = Object.keys(input);
  const only = ports.length === 1 ? ports[0] : undefined;
  const isShared = only !== undefined && input[only] === (call.scope as ExpressionScope | undefined)?.input;
  return isShared ? { ...rest, input: null, inputPort: only } : { ...rest, input };
}

const hashed = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
const scriptName = (guest: TripCall['guest']): string =>
  `${guest.nodeType}@${guest.nodeVersion}:${hashed(JSON.stringify(guest.params))}`;

const unknownNode = (type: string): ErrorRecord => ({
  code: 'NODE_UNKNOWN',
  what: `There is no node "${type}".`,
  fix: 'Install the package that brings it.',
  owner: 'user',
  engine: 'stop',
});
