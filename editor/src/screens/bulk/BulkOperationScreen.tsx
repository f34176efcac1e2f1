import type { BulkOperation } from '@waybill/api-contract';
import { bulkActSchema } from '@waybill/api-contract';
import { CircleStop, Pause, Play, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiMutation, useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useCrumb } from '../../app/crumb.ts';
import type { ScreenProps } from '../../app/screens.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { Page } from '../../ui/Page.tsx';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { BulkDialog } from './BulkDialog.tsx';
import { BulkItems } from './BulkItems.tsx';
import { BulkProgress } from './BulkProgress.tsx';
import { doneOf, filterAgain, leftMs, operationLabel, operationLooks, subjectWords } from './bulk-words.ts';
import { useOutcomes } from './use-outcomes.ts';
import './bulk.css';

type Steering = 'suspend' | 'resume' | 'cancel';

/** One operation: progress, what came of each run or exception, and the means to stop it. */
export default function BulkOperationScreen({ params }: ScreenProps) {
  const id = params['id'] ?? '';
  const found = useApiQuery('getBulk', { params: { operationId: id } });
  if (found.data === undefined) {
    return (
      <Page title="Bulk action">
        <div className="sheet">
          {found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <SkeletonRows />}
        </div>
      </Page>
    );
  }
  return <Shown operation={found.data} />;
}

function Shown({ operation }: { operation: BulkOperation }) {
  useCrumb(operation.name);
  const look = operationLooks[operation.status];
  const left = leftMs(operation);
  const outcomes = useOutcomes(operation);
  return (
    <Page
      title={operation.name}
      about={`${operationLabel(operation)}. ${operation.reason}`}
      actions={<Steer operation={operation} />}
    >
      <div className="sheet bulk-head">
        <div className="row">
          <Badge tone={look.tone} dot>
            {look.label}
          </Badge>
          <span className="muted">
            Started <RelativeTime at={operation.createdAt} /> by {operation.createdByName}, at most{' '}
            {operation.perMinute.toLocaleString()} a minute
            {operation.status === 'waiting' && ` from ${new Date(operation.startAt).toLocaleString()}`}
            {left !== null && `, about ${durationWords(left)} left`}
          </span>
        </div>
        <BulkProgress operation={operation} outcomes={outcomes} />
        <dl className="bulk-counts">
          <Count label="Acted on" value={operation.succeeded} />
          <Count label="Refused" value={operation.refused} />
          <Count label="Left alone" value={operation.skipped} />
          <Count label="To do" value={operation.total - doneOf(operation)} />
        </dl>
      </div>
      <BulkItems operation={operation} outcomes={outcomes} />
    </Page>
  );
}

const Count = ({ label, value }: { label: string; value: number }) => (
  <div>
    <dt className="muted">{label}</dt>
    <dd className="num">{value.toLocaleString()}</dd>
  </div>
);

/** The same act on the same list, once more. */
function Again({ operation }: { operation: BulkOperation }) {
  const act = bulkActSchema.parse(operation.act);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button icon={RotateCcw} onClick={() => setAsking(true)}>
        {operation.act === 'replay' ? 'Repeat again…' : 'Do it again…'}
      </Button>
      {asking && (
        <BulkDialog query={filterAgain(operation)} again={{ ...operation, act }} onClose={() => setAsking(false)} />
      )}
    </>
  );
}

function Steer({ operation }: { operation: BulkOperation }) {
  const may = useMay();
  const [stopping, setStopping] = useState(false);
  const steer = useApiMutation('steerBulk', { refresh: ['getBulk'] });
  const to = (wish: Steering) => steer.mutate({ params: { operationId: operation.id }, body: { to: wish } });
  const { subject } = operation;
  if (!may(subject === 'runs' ? 'runs.act' : 'tasks.decide')) return null;
  if (operation.finishedAt !== null) return subject === 'runs' ? <Again operation={operation} /> : null;
  return (
    <>
      {operation.status === 'suspended' ? (
        <Button icon={Play} look="primary" onClick={() => to('resume')}>
          Go on
        </Button>
      ) : (
        <Button icon={Pause} onClick={() => to('suspend')}>
          Suspend
        </Button>
      )}
      <Button icon={CircleStop} look="danger" onClick={() => setStopping(true)}>
        Cancel the rest
      </Button>
      <Confirm
        question={
          stopping
            ? {
                title: 'Cancel the rest?',
                about: `${subjectWords(operation, operation.total - doneOf(operation))} stay as they are. What was done stays done.`,
                confirm: 'Cancel the rest',
                danger: true,
                perform: async () => {
                  await api('steerBulk', { params: { operationId: operation.id }, body: { to: 'cancel' } });
                  await queryClient.invalidateQueries({ queryKey: ['getBulk'] });
                },
              }
            : null
        }
        onClose={() => setStopping(false)}
      />
    </>
  );
}
