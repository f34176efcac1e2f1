import type { RunId } from '@waybill/flow-model';
import type { StepCall } from '../ports/index.ts';
import { nodeHostContract } from './node-host-contract.ts';
import { anError, failed, scriptedNodeHost } from './scripted-node-host.ts';

const call = (given: Partial<StepCall> & { nodeType: string }): StepCall => ({
  mode: 'run',
  runId: 'run-1' as RunId,
  step: 'first',
  nodeVersion: 1,
  params: {},
  scope: {
    input: given.input?.['in'] ?? null,
    steps: {},
    trigger: null,
    run: {
      id: 'run-1' as RunId,
      flowId: 'flow' as StepCall['scope']['run']['flowId'],
      startedAt: 0,
      correlationId: 'c',
      businessKey: null,
    },
    vars: {},
  },
  input: {},
  connections: {},
  effectKey: 'effect',
  attempt: 1,
  now: 0,
  timeoutMs: 1_000,
  memoryMb: 64,
  ...given,
});

for (const follows of [true, false]) {
  nodeHostContract(`a scripted host that follows ${follows ? 'all' : 'none'}`, {
    passesOn: { nodeType: 'test.pure', port: 'out' },
    fails: { nodeType: 'test.fails', params: {} },
    host: () => {
      const host = scriptedNodeHost({
        'test.pure': ({ scope }) => ({ port: 'out', value: scope.input }),
        'test.fails': () => failed(anError({ engine: 'stop' })),
      });
      host.follows = follows;
      return host;
    },
    call,
  });
}
