import type { FlowSummary, RunSummaryView, StepStatus, Task } from '@waybill/api-contract';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export type Tone = 'accent' | 'done' | 'running' | 'waiting' | 'failed' | 'doubt' | 'skipped';

export function Badge({ tone, dot, children }: { tone?: Tone | undefined; dot?: boolean; children: ReactNode }) {
  return (
    <span className={classNames('badge', tone && `badge--${tone}`)}>
      {dot && <span className="badge__dot" aria-hidden />}
      {children}
    </span>
  );
}

type Status = RunSummaryView['status'] | StepStatus | FlowSummary['state'] | Task['status'];

/** One word and one tone per status, the same on every screen and on the canvas. */
export const statusLooks: Record<Status, { label: string; tone: Tone | undefined }> = {
  queued: { label: 'Queued', tone: 'skipped' },
  pending: { label: 'Not reached', tone: undefined },
  running: { label: 'Running', tone: 'running' },
  retrying: { label: 'Retrying', tone: 'waiting' },
  waiting: { label: 'Waiting', tone: 'waiting' },
  paused: { label: 'Paused', tone: 'waiting' },
  'in-doubt': { label: 'In doubt', tone: 'doubt' },
  succeeded: { label: 'Done', tone: 'done' },
  failed: { label: 'Failed', tone: 'failed' },
  cancelled: { label: 'Cancelled', tone: 'skipped' },
  ignored: { label: 'Ignored', tone: 'skipped' },
  quarantined: { label: 'Quarantined', tone: 'failed' },
  skipped: { label: 'Skipped', tone: 'skipped' },
  undoing: { label: 'Taking back', tone: 'running' },
  undone: { label: 'Taken back', tone: 'skipped' },
  'undo-failed': { label: 'Not taken back', tone: 'failed' },
  draft: { label: 'Draft', tone: 'skipped' },
  published: { label: 'Published', tone: 'done' },
  retired: { label: 'Retired', tone: undefined },
  open: { label: 'Open', tone: 'waiting' },
  decided: { label: 'Decided', tone: 'done' },
  expired: { label: 'Expired', tone: 'failed' },
};

export function StatusBadge({ status }: { status: Status }) {
  const look = statusLooks[status];
  return (
    <Badge tone={look.tone} dot>
      {look.label}
    </Badge>
  );
}
