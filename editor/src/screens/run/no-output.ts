import type { StepStatus } from '@waybill/api-contract';

/** Why there is no output to show of a step that stands so. Pure. */
export function noOutputWords(status: StepStatus): string {
  switch (status) {
    case 'pending':
      return 'The run has not come to this step yet.';
    case 'running':
    case 'retrying':
    case 'waiting':
      return 'No output yet: the step has not ended.';
    case 'in-doubt':
      return 'No output: nobody knows yet whether the step was done.';
    case 'failed':
      return 'No output: the step failed.';
    case 'cancelled':
      return 'No output: the step was cancelled.';
    case 'skipped':
      return 'No output: the step was left out.';
    case 'succeeded':
    case 'undoing':
    case 'undone':
    case 'undo-failed':
      return 'The step gave no output, or only computed it: such steps are computed again when needed.';
    default:
      return status satisfies never;
  }
}
