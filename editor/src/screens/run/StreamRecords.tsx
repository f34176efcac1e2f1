import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RecordState, StepView, StreamRecord } from '@waybill/api-contract';
import { Download, FileQuestion, RotateCcw, SearchX } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { SearchBox, Select } from '../../ui/Field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { toastError } from '../../ui/toasts.ts';
import { saveText } from '../data/save-text.ts';
import { usePages } from '../use-pages.ts';
import { RecordRetryDialog } from './RecordRetryDialog.tsx';
import { refusedAsCsv } from './record-pace.ts';
import { recordName } from './record-retry-words.ts';
import { recordStateLooks, recordStateOptions } from './record-states.ts';
import { SentAgain } from './SentAgain.tsx';

const PAGE = 50;
const DOWNLOAD_PAGE = 200;
/** How often a step that is under way is counted anew. */
const COUNT_EVERY_MS = 3_000;

interface StreamRecordsProps {
  runId: string;
  step: StepView;
}

/** What is to be sent again: everything that was refused, or one record. */
type Again = { record: StreamRecord | null };

/** What became of each record of a step: to be filtered, searched and taken away. */
export function StreamRecords({ runId, step }: StreamRecordsProps) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<RecordState | ''>('');
  const searched = useDeferredValue(text.trim());
  const params = { runId, step: step.step };
  const errors = step.records?.errors ?? 0;
  // Records sent again and refused again leave every count as it was: only the journal tells that the step ended anew.
  const ended = step.status === 'running' ? 0 : step.seq;
  const stand = [step.status, ended, errors, step.records?.refused ?? 0, step.iterations?.failed ?? 0].join(' ');
  const counted = useQuery({
    queryKey: ['getStepRecords', 'counts', runId, step.step, stand],
    queryFn: () => api('getStepRecords', { params, query: { limit: '1' } }),
    placeholderData: keepPreviousData,
    refetchInterval: step.status === 'running' ? COUNT_EVERY_MS : false,
  });
  const writes = counted.data ? counted.data.counts.states !== null : false;
  const state = writes ? chosen : 'refused';
  const filter = { ...(searched === '' ? {} : { text: searched }), ...(state === '' ? {} : { state }) };
  const pages = usePages(['getStepRecords', runId, step.step, stand, searched, state], (cursor) =>
    api('getStepRecords', { params, query: { limit: String(PAGE), ...filter, ...(cursor ? { cursor } : {}) } }),
  );
  const counts = counted.data?.counts.states ?? { refused: errors };
  const [again, setAgain] = useState<Again | null>(null);
  const maySend = useMay()('runs.act') && step.status !== 'running';
  return (
    <div className="refused">
      <div className="refused__tools">
        <SearchBox label="Search records" value={text} onChange={setText} />
        {writes && (
          <Select
            aria-label="What became of them"
            options={recordStateOptions(counts, chosen)}
            value={chosen}
            onChange={(value) => setChosen(value as RecordState | '')}
          />
        )}
        <a className="btn btn--small" href={csvAddress(params, filter)} download>
          <Download size={14} aria-hidden />
          Download list
        </a>
        {errors > 0 && <CorrectableDownload runId={runId} step={step} />}
        {maySend && (counted.data?.counts.states?.rejected ?? 0) > 0 && (
          <Button small icon={RotateCcw} onClick={() => setAgain({ record: null })}>
            Send refused again…
          </Button>
        )}
      </div>
      <SentAgain resent={step.resent ?? []} />
      {pages.error ? (
        <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
      ) : !pages.data ? (
        <SkeletonRows rows={4} />
      ) : pages.data.length === 0 ? (
        <NothingHere
          isSearch={searched !== '' || chosen !== ''}
          searched={searched}
          hasMore={pages.hasMore}
          writes={writes}
        />
      ) : (
        <ol className="refused__list" aria-label="Records">
          {pages.data.map((record) => (
            <OneRecord
              key={`${record.row} ${record.state} ${record.batch ?? ''}`}
              record={record}
              onAgain={maySend && record.state === 'rejected' ? () => setAgain({ record }) : null}
            />
          ))}
        </ol>
      )}
      {pages.hasMore && (
        <Button small disabled={pages.loadingMore} onClick={pages.loadMore}>
          {pages.loadingMore ? 'Loading…' : pages.data?.length === 0 ? 'Search on' : 'Show more'}
        </Button>
      )}
      {again && (
        <RecordRetryDialog run={{ id: runId }} step={step} record={again.record} onClose={() => setAgain(null)} />
      )}
    </div>
  );
}

function NothingHere(props: { isSearch: boolean; searched: string; hasMore: boolean; writes: boolean }) {
  const { isSearch, searched, hasMore, writes } = props;
  if (!isSearch)
    return (
      <EmptyState icon={FileQuestion} title={writes ? 'No records yet' : 'No record errors'}>
        {writes ? 'What becomes of each record is listed here.' : 'Every record of this step could be used so far.'}
      </EmptyState>
    );
  return (
    <EmptyState icon={SearchX} title={hasMore ? 'Nothing found so far' : 'Nothing found'}>
      {searched === '' ? 'No record is in this state.' : `No record here fits “${searched}”.`}
    </EmptyState>
  );
}

function OneRecord({ record, onAgain }: { record: StreamRecord; onAgain: (() => void) | null }) {
  const { row, line, key, state, column, batch, sentBefore, what, fix, effectKey, source } = record;
  const look = recordStateLooks[state];
  return (
    <li className="refused__one">
      <p className="row">
        <Badge tone={look.tone} dot>
          {look.label}
        </Badge>
        <strong>{recordName(record)}</strong>
        {key !== '' && key !== String(row) && <span className="muted">row {row.toLocaleString()}</span>}
        {line !== null && <span className="muted">line {line.toLocaleString()}</span>}
        {column !== null && <span className="muted">column “{column}”</span>}
        {batch !== null && <span className="muted">batch {batch.toLocaleString()}</span>}
        {sentBefore > 0 && (
          <span className="muted">
            sent {sentBefore === 1 ? 'once' : `${sentBefore.toLocaleString()} times`} before
          </span>
        )}
      </p>
      {what !== null && <p className="refused__what">{what}</p>}
      {fix !== null && <p className="muted">{fix}</p>}
      {effectKey !== null && (
        <p className="muted">
          Effect key <code>{effectKey}</code>
        </p>
      )}
      {source !== null && source !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="refused__source" tabIndex={0} aria-label={`Row ${row}, its data`}>
          <pre>{source}</pre>
        </section>
      )}
      {onAgain && (
        <p>
          <Button small icon={RotateCcw} onClick={onAgain}>
            Send again…
          </Button>
        </p>
      )}
    </li>
  );
}

const csvAddress = ({ runId, step }: { runId: string; step: string }, filter: Record<string, string>): string =>
  `/api/v1/runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(step)}/records.csv?${new URLSearchParams(filter)}`;

/** The records that could not be used, as they came: corrected, the file can be read again. */
function CorrectableDownload({ runId, step }: StreamRecordsProps) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const params = { runId, step: step.step };
      const query = { limit: String(DOWNLOAD_PAGE), state: 'refused' as const };
      const first = await api('getStepRecords', { params, query });
      const records = [...first.items];
      for (let cursor = first.nextCursor; cursor !== null; ) {
        const page = await api('getStepRecords', { params, query: { ...query, cursor } });
        records.push(...page.items);
        cursor = page.nextCursor;
      }
      saveText(`${step.nodeId}-record-errors.csv`, 'text/csv', refusedAsCsv(records, first.file));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button small icon={Download} disabled={busy} onClick={() => void download()}>
      {busy ? 'Collecting…' : 'Download errors to correct'}
    </Button>
  );
}
