import type { ErrorRecord } from '@waybill/flow-model';

/** The limits a step can run into; one table, so that messages and codes stay together. */
export const sandboxErrors = {
  memory: (limitMb: number): ErrorRecord => ({
    code: 'SANDBOX_MEMORY',
    what: `The step needed more than its ${limitMb} MB of memory.`,
    fix: 'Work on less data at once: filter, page or loop in batches. Or raise the memory of the node.',
    owner: 'user',
    engine: 'stop',
  }),
  timeout: (limitMs: number): ErrorRecord => ({
    code: 'SANDBOX_TIMEOUT',
    what: `The step did not finish within ${limitMs} ms.`,
    fix: 'Look for an endless loop or too much data; otherwise raise the time limit of the step.',
    owner: 'user',
    engine: 'stop',
  }),
  neverSettles: (): ErrorRecord => ({
    code: 'SANDBOX_TIMEOUT',
    what: 'The step waits for something that can never come: no call is under way and its promise is still open.',
    fix: 'Look for a promise that is never resolved.',
    owner: 'user',
    engine: 'stop',
  }),
  crashed: (detail: string): ErrorRecord => ({
    code: 'SANDBOX_CRASHED',
    what: 'The step brought its runner process down, as data that grows without bound does.',
    fix: 'Look for such data in the step. The process was replaced; other steps are not affected.',
    owner: 'user',
    engine: 'stop',
    ...(detail ? { detail } : {}),
  }),
  lost: (): ErrorRecord => ({
    code: 'SANDBOX_CRASHED',
    what: 'The runner process of this step went down through another step, after this one had already called out.',
    fix: 'Nothing: the engine decides from what the step is allowed to repeat.',
    owner: 'engine',
    engine: 'retry',
  }),
  cancelled: (): ErrorRecord => ({
    code: 'STEP_CANCELLED',
    what: 'The step was stopped on request.',
    fix: 'Nothing.',
    owner: 'user',
    engine: 'stop',
  }),
  unloadable: (bundle: string, why: string): ErrorRecord => ({
    code: 'NODE_PACKAGE_BROKEN',
    what: `The node package ${bundle} could not be loaded: ${why}`,
    fix: 'Reinstall the package or report this to its author.',
    owner: 'engine',
    engine: 'stop',
  }),
  inputTooLarge: (limitChars: number): ErrorRecord => ({
    code: 'INPUT_TOO_LARGE',
    what: `The input of the step is larger than ${Math.floor(limitChars / 1_048_576)} MB.`,
    fix: 'Filter or page the data before this step.',
    owner: 'user',
    engine: 'stop',
  }),
  outputTooLarge: (limitChars: number): ErrorRecord => ({
    code: 'OUTPUT_TOO_LARGE',
    what: `The step gave back more than ${Math.floor(limitChars / 1_048_576)} MB.`,
    fix: 'Send less: filter or page the data, or hand it on as a file.',
    owner: 'user',
    engine: 'stop',
  }),
  tooManyCalls: (limit: number): ErrorRecord => ({
    code: 'TOO_MANY_HOST_CALLS',
    what: `The step had more than ${limit} calls under way.`,
    fix: 'Await some calls before starting more.',
    owner: 'engine',
    engine: 'stop',
  }),
  stopped: (): ErrorRecord => ({
    code: 'SANDBOX_STOPPED',
    what: 'The sandbox is shutting down.',
    fix: 'Nothing: the step is repeated after the start.',
    owner: 'engine',
    engine: 'retry',
  }),
};
