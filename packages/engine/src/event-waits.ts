import type { JournalRecord, StepKey } from './journal-record.ts';

export interface EventWaitChanges {
  opened: { step: StepKey; event: string; key: string }[];
  /** Steps that wait no more, if they did. */
  ended: StepKey[];
  /** The run is over: it waits for nothing. */
  allEnded: boolean;
}

/** What appended records change in the index behind `Journal.runsWaitingFor`. For journals. */
export function eventWaitChanges(records: readonly JournalRecord[]): EventWaitChanges {
  const changes: EventWaitChanges = { opened: [], ended: [], allEnded: false };
  for (const record of records) {
    switch (record.type) {
      case 'wait-opened':
        if (record.wait.kind !== 'event') break;
        changes.opened.push({ step: record.step, event: record.wait.event, key: record.wait.key });
        break;
      case 'step-succeeded':
      case 'step-failed':
      case 'step-skipped':
        changes.ended.push(record.step);
        if (changes.opened.length > 0) changes.opened = changes.opened.filter((each) => each.step !== record.step);
        break;
      case 'run-finished':
        changes.allEnded = true;
        changes.opened = [];
        break;
      default:
    }
  }
  return changes;
}
