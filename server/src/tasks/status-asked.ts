import type { TaskRecord } from '@waybill/store';
import { HttpProblem } from '../problem.ts';

/**
 * The status a list is restricted to; undefined for none. Tasks in any status are found by what they are about: without
 * that the whole past would have to be read.
 * @throws {HttpProblem} REQUEST_INVALID
 */
export function statusAsked(
  status: TaskRecord['status'] | 'any',
  businessKey: string | undefined,
): TaskRecord['status'] | undefined {
  if (status !== 'any') return status;
  if (!businessKey)
    throw new HttpProblem('REQUEST_INVALID', {
      detail: 'Tasks and exceptions in any status can be listed for one business key only.',
      fix: 'Give businessKey as well, or one status.',
    });
  return undefined;
}
