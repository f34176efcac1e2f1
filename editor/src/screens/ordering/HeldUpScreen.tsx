import type { BlockedKey } from '@waybill/api-contract';
import { FastForward, ListOrdered, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Link, useSearch } from '../../app/router.tsx';
import { StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { AboutIcon } from '../about/AboutLink.tsx';
import { Countdown } from '../clock.tsx';
import { matchesSearch } from './held-up.ts';
import { ReleaseDialog } from './ReleaseDialog.tsx';
import './ordering.css';

const REFRESH_MS = 10_000;

/** What keeps runs waiting that must go in order, and letting the next one go. */
export default function HeldUpScreen() {
  const [search, setSearch] = useSearch();
  const text = search.get('q') ?? '';
  const blocked = useApiQuery('listBlockedKeys', { query: {} }, { refetchInterval: REFRESH_MS });
  const [held, setHeld] = useState<BlockedKey | null>(null);
  const shown = useMemo(
    () => (blocked.data?.items ?? []).filter((each) => matchesSearch(each, text)),
    [blocked.data, text],
  );
  return (
    <Page
      title="Held up"
      about="Runs about the same thing go one after another. Here is what the next ones wait for."
      actions={
        <Link href="/runs" className="btn btn--ghost">
          All runs
        </Link>
      }
    >
      <div className="toolbar">
        <SearchBox label="Search held up runs" value={text} onChange={(q) => setSearch({ q: q === '' ? null : q })} />
      </div>
      <ListState
        query={blocked}
        isEmpty={(data) => data.items.length === 0}
        empty={
          <EmptyState icon={ListOrdered} title="Nothing is held up">
            No run waits for another one of its kind. Which runs must go in order is a setting of each flow: the
            ordering key.
          </EmptyState>
        }
      >
        {() =>
          shown.length === 0 ? (
            <EmptyState
              icon={ListOrdered}
              title="Nothing matches"
              actions={
                <Button icon={X} onClick={() => setSearch({ q: null })}>
                  Clear the search
                </Button>
              }
            >
              Search finds flows, keys and reasons.
            </EmptyState>
          ) : (
            <ul className="sheet held" aria-label="Held up">
              {shown.map((each) => (
                <HeldLine key={`${each.flowId} ${each.orderingKey}`} held={each} onRelease={() => setHeld(each)} />
              ))}
            </ul>
          )
        }
      </ListState>
      {held && <ReleaseDialog held={held} onClose={() => setHeld(null)} />}
    </Page>
  );
}

function HeldLine({ held, onRelease }: { held: BlockedKey; onRelease: () => void }) {
  const mayAct = useMay()('runs.act');
  const { holder, waiting, oldestAcceptedAt } = held;
  return (
    <li className="held__line">
      <div className="held__what">
        <strong className="truncate" title={held.orderingKey}>
          {held.orderingKey}
        </strong>
        <span className="muted truncate" title={held.flowName}>
          {held.flowName}
        </span>
      </div>
      <div className="held__why">
        <p>
          <Link href={`/runs/${encodeURIComponent(holder.runId)}`}>{holder.businessKey ?? 'The run before'}</Link>
          {holder.businessKey && <AboutIcon businessKey={holder.businessKey} />} {holder.reason}
        </p>
        <p className="muted">
          <StatusBadge status={holder.status} /> since <RelativeTime at={holder.since} />
          {holder.until !== null && (
            <>
              , goes on by itself in <Countdown until={holder.until} over="a moment" />
            </>
          )}
        </p>
      </div>
      <div className="held__behind">
        <strong>{waiting === 1 ? '1 run waits' : `${waiting.toLocaleString()} runs wait`}</strong>
        <span className="muted">
          the first since <RelativeTime at={oldestAcceptedAt} />
        </span>
      </div>
      {mayAct && (
        <Button icon={FastForward} onClick={onRelease}>
          Let the next one go…
        </Button>
      )}
    </li>
  );
}
