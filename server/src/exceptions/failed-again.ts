/** What an exception is once the same failed again, in its run or in one that repeats it. Pure. */
import type { ExceptionFailure, TaskAmendment, TaskNote, TaskRecord } from '@waybill/store';
import type { FailureContext } from './exception-record.ts';
import { exceptionIdOf, failureContent, runColumns } from './exception-record.ts';
import { failureOf } from './exception-rules.ts';

/** Finds the exception that goes on with this failure, by the id that the failure would have had as one of its own. */
export const failureTag = (id: string): string => `failure:${id}`;

/** It is still found by all runs and failures it was about. */
function keptTags(task: TaskRecord, fresh: readonly string[], failure: string): string[] {
  const kept = task.tags.filter((tag) => tag.startsWith('run:') || tag.startsWith('failure:'));
  return [...new Set([...fresh, ...kept, failureTag(failure)])];
}

const failedAgainKinds: ReadonlySet<string> = new Set(['failed-again', 'repeat-failed']);

/** How often it was tried or repeated since, and failed. */
export const failedAgainCount = ({ notes }: Pick<TaskRecord, 'notes'>): number =>
  notes.filter(({ kind }) => failedAgainKinds.has(kind)).length;

function repeatWords(task: TaskRecord, { repeats, problem }: FailureContext): string {
  const times = failedAgainCount(task) + 1;
  return [
    ...(repeats && repeats.by !== 'engine' ? [`${repeats.by} had the run repeated: ${repeats.reason}`] : []),
    `It failed again, ${times === 1 ? 'once' : `${times} times`} by now.`,
    problem.error.what,
  ].join('\n');
}

/** Its people, its clock, its value and its story stay. */
export function failedAgain(
  task: TaskRecord,
  context: FailureContext,
): { change: TaskAmendment; line: Pick<TaskNote, 'kind' | 'text'> } {
  const { problem, summary } = context;
  const { content, tags, ...columns } = failureContent(context);
  const isRepeat = task.runId !== summary.runId;
  const earlier = failureOf(task);
  const before = (earlier?.before ?? 0) + (isRepeat ? (earlier?.seq ?? 0) : 0);
  const failure: ExceptionFailure = { ...content.exception.failure, ...(before === 0 ? {} : { before }) };
  const { links } = content.exception;
  const keptLinks = (task.content.exception?.links ?? []).filter(({ url }) => links.every((link) => link.url !== url));
  return {
    change: {
      ...columns,
      ...runColumns(context),
      tags: keptTags(task, tags, exceptionIdOf(summary.runId, problem.step, problem.seq)),
      content: {
        ...task.content,
        ...content,
        valueAtStake: task.content.valueAtStake ?? content.valueAtStake,
        exception: { ...content.exception, links: [...links, ...keptLinks], failure },
      },
    },
    line: isRepeat
      ? { kind: 'repeat-failed', text: repeatWords(task, context) }
      : { kind: 'failed-again', text: content.description },
  };
}
