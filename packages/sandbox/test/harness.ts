import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepCall, StepResult } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import type { PackageSource } from '../src/build.ts';
import { buildBundles } from '../src/build.ts';
import type { HostCapabilities } from '../src/capabilities.ts';
import type { SandboxLimits } from '../src/limits.ts';
import type { Sandbox } from '../src/sandbox.ts';
import { createSandbox } from '../src/sandbox.ts';

const nodesDir = join(import.meta.dirname, '..', '..', '..', 'nodes');
export const corePackage: PackageSource = { bundle: 'core', entryFile: join(nodesDir, 'core', 'src', 'index.ts') };

/** Lines every inline package starts with. */
export const inlinePackage = (bundle: string, body: string): PackageSource => ({
  bundle,
  resolveDir: join(nodesDir, 'core', 'src'),
  contents: `
    import { anyPort, defineNode, defineNodePackage, nodeError, param } from '@waybill/node-sdk';
    import { z } from 'zod';
    const base = {
      version: 1, title: 'Test', description: 'For a test.', kind: 'transform', app: 'Test', icon: 'box',
      params: {}, inputs: { in: anyPort() }, outputs: { done: anyPort() }, traits: { effect: 'pure', timeoutMs: 1000 },
    } as const;
    ${body}`,
});

export const noCapabilities: HostCapabilities = {
  http: async () => ({ status: 200, headers: {}, body: '{}' }),
  crosswalkFind: async () => null,
  crosswalkFindMany: async ({ fromIds }) => fromIds.map(() => null),
  crosswalkLink: async () => {},
  crosswalkUnlink: async () => true,
  tableLookup: async () => null,
  tableLookupMany: async ({ keys }) => keys.map(() => null),
};

export interface TestSandbox {
  sandbox: Sandbox;
  run(call: Partial<StepCall> & { nodeType: string }, signal?: AbortSignal): Promise<StepResult>;
  /** A code node with this source. */
  code(source: string, call?: Partial<StepCall>): Promise<StepResult>;
  stop(): Promise<void>;
}

export async function startSandbox(options: {
  packages?: PackageSource[];
  capabilities?: Partial<HostCapabilities>;
  limits?: Partial<SandboxLimits>;
  runners?: number;
}): Promise<TestSandbox> {
  const bundlesDir = mkdtempSync(join(tmpdir(), 'waybill-sandbox-'));
  await buildBundles([corePackage, ...(options.packages ?? [])], bundlesDir);
  const sandbox = await createSandbox({
    runners: options.runners ?? 1,
    bundlesDir,
    capabilities: { ...noCapabilities, ...options.capabilities },
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const run = (call: Partial<StepCall> & { nodeType: string }, signal = new AbortController().signal) =>
    sandbox.execute(aCall(call), signal);
  return {
    sandbox,
    run,
    code: (source, call = {}) => run({ nodeType: 'core.code', params: { source }, ...call }),
    async stop() {
      await sandbox.stop();
      rmSync(bundlesDir, { recursive: true, force: true });
    },
  };
}

export function aCall(call: Partial<StepCall> & { nodeType: string }): StepCall {
  const runId = call.runId ?? ('run-1' as RunId);
  const input = call.input ?? { in: { lines: [{ amount: 1 }, { amount: 2 }] } };
  return {
    mode: 'run',
    runId,
    step: 'step1',
    nodeVersion: 1,
    params: {},
    scope: {
      input: input['in'] ?? null,
      steps: {},
      trigger: null,
      run: {
        id: runId,
        flowId: 'flow-1' as StepCall['scope']['run']['flowId'],
        startedAt: 1_700_000_000_000,
        correlationId: 'correlation-1',
        businessKey: null,
      },
      vars: { rate: 3 },
    },
    input,
    connections: {},
    effectKey: 'effect-1',
    attempt: 1,
    now: 1_700_000_000_000,
    timeoutMs: 30_000,
    memoryMb: 64,
    ...call,
  };
}

/** What came out on the port, or the error's code. */
export const outputOf = (result: StepResult): unknown => {
  if (!result.ok) return result.error.code;
  return result.outcome && 'port' in result.outcome && 'value' in result.outcome
    ? result.outcome.value
    : result.outcome;
};
