import type { StepView } from '@waybill/api-contract';
import { CircleCheck, Download, SearchX } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { toastError } from '../../ui/toasts.ts';
import { saveText } from '../data/save-text.ts';
import { usePages } from '../use-pages.ts';
import { refusedAsCsv } from './record-pace.ts';

const PAGE = 50;
const DOWNLOAD_PAGE = 200;

interface RefusedRecordsProps {
  runId: string;
  step: StepView;
}

/** The records of a step that could not be used: what is wrong with each, as it came, to be searched and taken away. */
export function RefusedRecords({ runId, step }: RefusedRecordsProps) {
  const [text, setText] = useState('');
  const searched = useDeferredValue(text.trim());
  const errors = step.records?.errors ?? 0;
  const params = { runId, step: step.step };
  const search = searched === '' ? {} : { text: searched };
  const pages = usePages(['getStepRecords', runId, step.step, errors, searched], (cursor) =>
    api('getStepRecords', { params, query: { limit: String(PAGE), ...search, ...(cursor ? { cursor } : {}) } }),
  );
  if (errors === 0)
    return (
      <EmptyState icon={CircleCheck} title="No record errors">
        Every record of this step could be used so far.
      </EmptyState>
    );
  return (
    <div className="refused">
      <div className="row spread">
        <SearchBox label="Search record errors" value={text} onChange={setText} />
        <DownloadButton runId={runId} step={step} />
      </div>
      {pages.error ? (
        <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
      ) : !pages.data ? (
        <SkeletonRows rows={4} />
      ) : pages.data.length === 0 ? (
        <EmptyState icon={SearchX} title="Nothing found">
          No record error says “{searched}”.
        </EmptyState>
      ) : (
        <ol className="refused__list" aria-label="Record errors">
          {pages.data.map((record) => (
            <li key={record.row} className="refused__one">
              <p>
                <strong>Row {record.row.toLocaleString()}</strong>
                {record.line !== null && <span className="muted">, line {record.line.toLocaleString()}</span>}
                {record.column !== null && <span className="muted">, column “{record.column}”</span>}
              </p>
              <p className="refused__what">{record.what}</p>
              <p className="muted">{record.fix}</p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <section className="refused__source" tabIndex={0} aria-label={`Row ${record.row} as it came`}>
                <pre>{record.source}</pre>
              </section>
            </li>
          ))}
        </ol>
      )}
      {pages.hasMore && (
        <Button small disabled={pages.loadingMore} onClick={pages.loadMore}>
          {pages.loadingMore ? 'Loading…' : 'Show more'}
        </Button>
      )}
    </div>
  );
}

function DownloadButton({ runId, step }: RefusedRecordsProps) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const first = await api('getStepRecords', {
        params: { runId, step: step.step },
        query: { limit: String(DOWNLOAD_PAGE) },
      });
      const records = [...first.items];
      for (let cursor = first.nextCursor; cursor !== null; ) {
        const page = await api('getStepRecords', {
          params: { runId, step: step.step },
          query: { limit: String(DOWNLOAD_PAGE), cursor },
        });
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
      {busy ? 'Collecting…' : 'Download as CSV'}
    </Button>
  );
}
