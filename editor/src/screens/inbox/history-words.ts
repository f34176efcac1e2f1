import type { TaskDetail } from '@waybill/api-contract';
import { factWords } from './task-words.ts';

type Note = TaskDetail['notes'][number];

export interface HistoryLine {
  id: string;
  at: number;
  who: string;
  /** What they did, after their name. */
  what: string;
  /** Words they gave for it. */
  said: string | null;
  /** What they filled in, a line each. */
  given?: readonly string[];
  kind: string;
}

const dated = (text: string | null): string => {
  const at = Date.parse(text ?? '');
  return Number.isFinite(at) ? new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) : '';
};

/** `value: reason` as the server writes it. */
function split(text: string | null): [value: string, reason: string | null] {
  const at = (text ?? '').indexOf(': ');
  return at < 0 ? [text ?? '', null] : [(text ?? '').slice(0, at), (text ?? '').slice(at + 2)];
}

function lineOf(note: Note): Omit<HistoryLine, 'id' | 'at' | 'who' | 'kind'> {
  const [value, reason] = split(note.text);
  switch (note.kind) {
    case 'comment':
      return { what: '', said: note.text };
    case 'comment-removed':
      return { what: 'removed a comment', said: null };
    case 'claimed':
      return { what: 'claimed it', said: null };
    case 'released':
      return { what: 'gave it back', said: null };
    case 'assigned':
      return { what: `assigned it to ${value}`, said: reason };
    case 'delegated':
      return { what: `handed their decision to ${value}`, said: reason };
    case 'taken-back':
      return { what: `took their decision back from ${value}`, said: null };
    case 'follow-up':
      return { what: note.text ? `put it aside until ${dated(note.text)}` : 'brought it back', said: null };
    case 'back':
      return { what: 'brought it back on its day', said: null };
    case 'priority':
      return { what: `changed the priority: ${value}`, said: reason };
    case 'due':
      return { what: value === 'none' ? 'removed the due date' : `made it due ${dated(value)}`, said: reason };
    case 'attached':
      return { what: `attached ${note.text}`, said: null };
    case 'detached':
      return { what: `removed ${note.text}`, said: null };
    case 'revealed':
      return { what: 'looked at hidden facts', said: note.text };
    case 'decided':
      return { what: 'decided', said: note.text };
    case 'came-back':
      return { what: 'had it checked again, and it still cannot be done', said: note.text };
    case 'reminded':
      return { what: 'reminded those who were asked', said: null };
    case 'escalated':
      return { what: `also asked ${note.text}, because it stayed open`, said: null };
    case 'overdue':
      return { what: 'noted that it is overdue', said: null };
    case 'no-manager':
      return { what: `knows no manager of ${note.text}, so administrators are asked`, said: null };
    default:
      return { what: note.kind, said: note.text };
  }
}

type Told = Pick<TaskDetail, 'notes' | 'decisions' | 'outcomes' | 'openedAt' | 'status' | 'closedAt'>;

/** How a task ended that nobody decided; empty for the others. */
function endOf({ status, closedAt }: Told): HistoryLine[] {
  const what = { expired: 'went on without a decision: time was up', cancelled: 'closed it: the run ended' };
  if ((status !== 'expired' && status !== 'cancelled') || closedAt === null) return [];
  return [{ id: 'closed', at: closedAt, who: 'Waybill', what: what[status], said: null, kind: 'closed' }];
}

/** Everything that happened to a task, oldest first, its decisions among the rest. Pure but for the locale. */
export function historyOf(task: Told): HistoryLine[] {
  const labelOf = (outcome: string) => task.outcomes.find((one) => one.name === outcome)?.label ?? outcome;
  const decided = task.decisions.map((decision) => ({
    id: `decision-${decision.by}-${decision.at}`,
    at: decision.at,
    who: decision.byName,
    what: `chose ${labelOf(decision.outcome)}${decision.for ? ` for ${decision.for.name}` : ''}`,
    said: decision.comment === null ? null : `“${decision.comment}”`,
    given: (decision.answers ?? []).map(({ label, value }) => `${label}: ${factWords(value)}`),
    kind: 'decided',
  }));
  const noted = task.notes.map((note) => ({
    id: note.id,
    at: note.at,
    who: note.byName,
    kind: note.kind,
    ...lineOf(note),
  }));
  const opened = {
    id: 'opened',
    at: task.openedAt,
    who: 'Waybill',
    what: 'asked for a decision',
    said: null,
    kind: 'opened',
  };
  return [opened, ...[...noted, ...decided, ...endOf(task)].sort((a, b) => a.at - b.at)];
}
