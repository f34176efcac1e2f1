import type { BulkItem, BulkOperation, BulkOutcomeCounts } from '@waybill/api-contract';
import { bulkOutcomes } from '@waybill/api-contract';
import { ListChecks } from 'lucide-react';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { Link, useSearch } from '../../app/router.tsx';
import { Badge, statusLooks } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { plainWords } from '../../ui/plain-words.ts';
import { RunNames } from '../../ui/RunNames.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { usePages } from '../use-pages.ts';
import { isUnsettled, itemLooks, sinceWords } from './bulk-words.ts';
import { OutcomeChips } from './OutcomeChips.tsx';

type ItemStatus = BulkItem['status'];
const rereadBusyMs = 1_500;
const rereadMs = 10_000;
const statuses: readonly ItemStatus[] = ['pending', 'succeeded', 'refused', 'skipped'];

interface BulkItemsProps {
  operation: Pick<BulkOperation, 'id' | 'subject' | 'act'>;
  outcomes: BulkOutcomeCounts | undefined;
}

/** The runs or exceptions of an operation, each with what came of it. */
export function BulkItems({ operation, outcomes }: BulkItemsProps) {
  const { id: operationId, subject, act } = operation;
  const ofRuns = subject === 'runs';
  const [search, setSearch] = useSearch();
  const status = statuses.find((known) => known === search.get('status'));
  const outcome = bulkOutcomes.find((known) => known === search.get('outcome'));
  const only = { ...(status ? { status } : {}), ...(outcome ? { outcome } : {}) };
  const pages = usePages<BulkItem>(['listBulkItems', operationId, only], (cursor) =>
    api('listBulkItems', { params: { operationId }, query: { limit: 100, ...only, ...(cursor ? { cursor } : {}) } }),
  );
  const { data, refetch } = pages;
  useEffect(() => {
    // The runs go on after the act: their rows are read again until each has come to an end.
    const open = data?.filter((item) => isUnsettled(act, item)) ?? [];
    if (open.length === 0) return;
    const isBusy = open.some((item) => item.since?.status === 'running');
    const timer = setTimeout(() => void refetch(), isBusy ? rereadBusyMs : rereadMs);
    return () => clearTimeout(timer);
  }, [data, act, refetch]);
  return (
    <>
      <div className="toolbar">
        <fieldset className="chips" aria-label="Result">
          {statuses.map((option) => {
            const { label, tone } = itemLooks[option];
            return (
              <button
                key={option}
                type="button"
                aria-pressed={status === option}
                className={classNames('chip', tone && `chip--${tone}`)}
                onClick={() => setSearch({ status: status === option ? null : option, outcome: null })}
              >
                <span className="chip__dot" aria-hidden />
                {label}
              </button>
            );
          })}
        </fieldset>
        {outcomes && (
          <OutcomeChips
            counts={outcomes}
            chosen={outcome ?? null}
            onChoose={(next) => setSearch({ outcome: next, status: null })}
          />
        )}
      </div>
      <div className="sheet">
        {pages.data === undefined ? (
          pages.error ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : (
            <SkeletonRows />
          )
        ) : pages.data.length === 0 ? (
          <EmptyState
            icon={ListChecks}
            title={ofRuns ? 'None of the runs' : 'None of the exceptions'}
            actions={
              (status || outcome) && (
                <Button onClick={() => setSearch({ status: null, outcome: null })}>Show all</Button>
              )
            }
          >
            Nothing of this bulk action has this result.
          </EmptyState>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th className="num">No.</th>
                <th>{ofRuns ? 'Run' : 'Exception'}</th>
                <th>Flow</th>
                {ofRuns && <th>It was</th>}
                <th>Result</th>
                <th>When</th>
              </tr>
            </thead>
            <tbody>
              {pages.data.map((item) => (
                <tr key={item.n}>
                  <td className="num muted">{item.n}</td>
                  <td>
                    <Link href={addressOf(item)}>{item.businessKey ?? item.exceptionId ?? item.runId}</Link>
                    {item.newRunId && (
                      <div>
                        <Link href={`/runs/${encodeURIComponent(item.newRunId)}`}>its new run</Link>
                      </div>
                    )}
                  </td>
                  <td>{item.flowName}</td>
                  {item.runStatus && <td className="muted">{statusLooks[item.runStatus].label}</td>}
                  <td>
                    <Badge tone={sinceWords(act, item).tone} dot>
                      {sinceWords(act, item).label}
                    </Badge>
                    {(item.note ?? failedWords(item)) && (
                      <div className="muted">
                        <RunNames message={item.note ?? failedWords(item) ?? ''} />
                      </div>
                    )}
                  </td>
                  <td className="nowrap muted">{item.at !== null && <RelativeTime at={item.at} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {pages.hasMore && (
          <div className="bulk-more">
            <Button onClick={pages.loadMore} disabled={pages.loadingMore}>
              Show more
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

const failedWords = ({ since }: BulkItem): string | null =>
  since?.status === 'failed' && since.what ? plainWords(since.what) : null;

const addressOf = ({ exceptionId, runId }: BulkItem): string =>
  exceptionId ? `/exceptions/${encodeURIComponent(exceptionId)}` : `/runs/${encodeURIComponent(runId)}`;
