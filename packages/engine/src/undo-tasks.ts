/** What people are asked about taking effects back. Pure. */
import type { ErrorRecord, FlowSettings } from '@waybill/flow-model';
import type { ExceptionClass, TaskRequest } from '@waybill/node-sdk';
import type { UndoPreview } from './undo-plan.ts';

/** Effects named in a task one by one; more are only counted. */
const LISTED = 20;

const common = ({ errorOwner }: FlowSettings) => ({
  assignees: {
    users: [],
    groups: [...new Set([...(errorOwner ? [errorOwner] : []), 'operator', 'engineer', 'admin'])],
  },
  needed: 1,
  selfApproval: true,
  form: { fields: [] },
  priority: 'high' as const,
});

const stayWords = {
  'no-undo': 'stays as it is: it cannot be taken back by itself',
  'not-asked': 'stays as it is',
  unknown: 'stays as it is: nobody knows whether it happened',
  'called-flow': 'stays as it is: the flow it called has a run of its own',
};

/** Whether to take back what is listed. */
export const approvalRequest = (settings: FlowSettings, scopeTitle: string, preview: UndoPreview): TaskRequest => ({
  ...common(settings),
  kind: 'approval',
  title: `Take back what “${scopeTitle}” did?`,
  description: `“${scopeTitle}” failed after ${count(preview.effects.length, 'change')} in other systems. Taken back are those listed first, the newest first.`,
  facts: [
    ...cut(preview.effects, ({ title }) => ({ label: title, value: 'is taken back' })),
    ...cut(preview.stays, ({ title, why, because }) => ({
      label: title,
      value: because ? `${stayWords[why]}. ${because}` : stayWords[why],
    })),
  ],
  commentRequired: 'on-reject',
  outcomes: [
    { name: 'take-back', label: 'Take them back', port: '', tone: 'positive' },
    { name: 'leave', label: 'Leave everything', port: '', tone: 'negative' },
  ],
});

/** What to do about one effect that could not be taken back: an exception of whoever owns the flow's failures. */
export function failedUndoRequest(settings: FlowSettings, title: string, error: ErrorRecord): TaskRequest {
  return {
    ...common(settings),
    kind: 'exception',
    title: `“${title}” could not be taken back`,
    description: `${error.what} ${error.fix}`,
    facts: [
      { label: 'Step', value: title },
      { label: 'What went wrong', value: error.what },
      { label: 'Code', value: error.code },
    ],
    exception: {
      class: classOf(error),
      subject: null,
      fingerprint: `undo ${error.code} ${title}`,
      likelyCause: null,
      afterFix: 'The rest is taken back without it.',
      links: [],
    },
    commentRequired: 'always',
    outcomes: [
      { name: 'done-by-hand', label: 'I took it back by hand', port: '', tone: 'positive' },
      { name: 'retry', label: 'Try again', port: '', tone: 'neutral' },
      { name: 'leave', label: 'Leave it as it is', port: '', tone: 'neutral' },
    ],
  };
}

const classOf = ({ code, owner }: ErrorRecord): ExceptionClass => {
  if (code === 'UNDO_OUTCOME_LOST') return 'in-doubt';
  return ({ user: 'business-rule', provider: 'intermittent', engine: 'defect' } as const)[owner];
};

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

function cut<T>(items: readonly T[], fact: (item: T) => { label: string; value: string }) {
  const shown = items.slice(0, LISTED).map(fact);
  const more = items.length - shown.length;
  return more > 0 ? [...shown, { label: 'And', value: `${more} more` }] : shown;
}
