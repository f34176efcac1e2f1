// People's own code: a code node asks for it from its own isolate, and it runs in another.
import type { ErrorRecord } from '@waybill/flow-model';
import type { RunnerSetup } from '../protocol.ts';
import { sandboxErrors } from '../sandbox-error.ts';
import { functionScript } from './code-source.ts';
import type { Execution } from './execution.ts';
import { createExecution } from './execution.ts';
import type { Job } from './job.ts';
import { ENVELOPE_CHARS } from './job.ts';
import type { createPlaces } from './places.ts';
import { CODE_BUNDLE } from './places.ts';
import { codeError, enterCode } from './user-code.ts';

export interface CodeStepHooks {
  places: Pick<ReturnType<typeof createPlaces>, 'domainFor'>;
  limits: RunnerSetup['limits'];
  overdue(execution: Execution): void;
  /** The execution belongs to this job. */
  adopt(execution: Execution, job: Job): void;
  deliver(job: Job, call: number, ok: boolean, head: string, body: string): void;
  fail(job: Job, error: ErrorRecord): void;
  /** Its isolate is gone before it began. */
  lost(job: Job): void;
}

export function endCode(code: NonNullable<Job['code']>): void {
  code.execution.end();
  if (code.domain.current[0] === code.execution) code.domain.hurry();
  code.domain.executions.delete(code.execution);
  code.context?.release();
}

export function codeSteps({ places, limits, overdue, adopt, deliver, fail, lost }: CodeStepHooks) {
  return async function runCode(job: Job, call: number, payload: string): Promise<void> {
    const answer = (value: object | string) => {
      if (job.code) endCode(job.code);
      job.code = null;
      if (typeof value === 'string') deliver(job, call, true, value, '');
      else deliver(job, call, false, JSON.stringify(value), '');
    };
    const enter = () => runCode(job, call, payload);
    try {
      const { source } = JSON.parse(payload) as { source: unknown };
      const stripped = functionScript(String(source));
      if (!stripped.ok) {
        answer(codeError('CODE_INVALID', stripped.what));
        return;
      }
      const domain = await places.domainFor(CODE_BUNDLE, job.message.memoryMb, null).domain;
      if (job.execution.ended) return;
      if (domain.isolate.isDisposed) {
        lost(job);
        return;
      }
      const execution = createExecution(job.execution.begin(), overdue);
      const code: NonNullable<Job['code']> = { execution, domain, context: null, enter };
      job.code = code;
      adopt(execution, job);
      domain.executions.add(execution);
      domain.lastUsedAt = performance.now();
      // A promise of the code that never settles is seen here; the step around it still has its call open.
      domain.enter(execution, async (left) => {
        const context = await domain.isolate.createContext();
        code.context = context;
        const { isolate } = domain;
        const { outputChars } = limits;
        const finished = (json: string) => {
          if (execution.ended) return;
          if (json.length > outputChars + ENVELOPE_CHARS) {
            fail(job, sandboxErrors.outputTooLarge(outputChars));
            return;
          }
          const result = JSON.parse(json) as { ok: boolean; code?: string; what?: string; stack?: string };
          if (result.ok) answer(json.slice('{"ok":true,"value":'.length, -1));
          else answer(codeError(result.code ?? 'CODE_FAILED', result.what ?? '', result.stack));
        };
        const { script } = stripped;
        await enterCode({ isolate, context, json: job.message.json, script, timeoutMs: left, outputChars, finished });
      });
    } catch (thrown) {
      answer(codeError('CODE_INVALID', thrown instanceof Error ? thrown.message : String(thrown)));
    }
  };
}
