import type { UseQueryResult } from '@tanstack/react-query';
import type { RetriedWrite, RetryPreview } from '@waybill/api-contract';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { SearchBox } from '../../ui/Field.tsx';
import { ListState, SkeletonRows } from '../../ui/States.tsx';
import { usePages } from '../use-pages.ts';
import { WriteRows } from './WriteRows.tsx';
import type { Verdict } from './write-words.ts';
import { unreadWords, writeCount, writeLooks } from './write-words.ts';

const verdicts: readonly Verdict[] = ['written-again', 'in-doubt', 'looked-for', 'new', 'skipped'];
/** Fewer are seen at a glance. */
const searchedFrom = 9;
const perPage = 50;

interface RetryWritesProps {
  runId: string;
  preview: UseQueryResult<RetryPreview>;
}

/** All that a retry will do to other systems, what it leaves alone as well: counted, searched, page by page. */
export function RetryWrites({ runId, preview }: RetryWritesProps) {
  return (
    <section className="replay-writes" aria-label="What will be written">
      <h3>What will be written</h3>
      <ListState
        query={preview}
        loading={<SkeletonRows rows={3} />}
        isEmpty={({ counts }) => writeCount(counts) === 0}
        empty={<p className="muted">Nothing: no step of it writes to another system.</p>}
      >
        {({ counts, effects, unread }) => (
          <>
            {writeCount(counts) < searchedFrom ? (
              <WriteRows writes={effects} />
            ) : (
              <SearchedWrites runId={runId} counts={counts} readAt={preview.dataUpdatedAt} />
            )}
            {unreadWords(unread) && <p className="callout">{unreadWords(unread)}</p>}
          </>
        )}
      </ListState>
    </section>
  );
}

interface SearchedWritesProps {
  runId: string;
  counts: RetryPreview['counts'];
  /** When the counts were read: the list is read anew with them. */
  readAt: number;
}

function SearchedWrites({ runId, counts, readAt }: SearchedWritesProps) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [text, setText] = useState('');
  const searched = useDeferredValue(text.trim());
  const pages = usePages<RetriedWrite>(['listRetriedWrites', runId, readAt, verdict, searched], (cursor) =>
    api('listRetriedWrites', {
      params: { runId },
      query: {
        limit: perPage,
        ...(verdict ? { verdict } : {}),
        ...(searched ? { text: searched } : {}),
        ...(cursor ? { cursor } : {}),
      },
    }),
  );
  return (
    <>
      <fieldset className="chips" aria-label="What becomes of a write">
        {verdicts
          .filter((option) => counts[option] > 0)
          .map((option) => (
            <button
              key={option}
              type="button"
              aria-pressed={verdict === option}
              className={classNames('chip', `chip--${writeLooks[option].tone}`)}
              onClick={() => setVerdict(verdict === option ? null : option)}
            >
              <span className="chip__dot" aria-hidden />
              {writeLooks[option].label} {counts[option].toLocaleString()}
            </button>
          ))}
      </fieldset>
      <SearchBox label="Search by step or system" value={text} onChange={setText} />
      <ListState
        query={pages}
        loading={<SkeletonRows rows={3} />}
        isEmpty={(writes) => writes.length === 0}
        empty={<p className="muted">No write matches. Try fewer letters.</p>}
      >
        {(writes) => (
          <>
            <WriteRows writes={writes} />
            {pages.hasMore && (
              <Button small disabled={pages.loadingMore} onClick={pages.loadMore}>
                {pages.loadingMore ? 'Loading…' : 'Show more'}
              </Button>
            )}
          </>
        )}
      </ListState>
    </>
  );
}
