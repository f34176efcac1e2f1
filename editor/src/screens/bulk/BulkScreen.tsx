import type { BulkOperation } from '@waybill/api-contract';
import { ListChecks } from 'lucide-react';
import { api } from '../../api/client.ts';
import { Link, navigate, useSearch } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { usePages } from '../use-pages.ts';
import { BulkProgress } from './BulkProgress.tsx';
import { operationLabel, operationLooks } from './bulk-words.ts';
import './bulk.css';

/** Acts on many runs: those under way and those that are over. */
export default function BulkScreen() {
  const [search, setSearch] = useSearch();
  const text = search.get('q') ?? '';
  const pages = usePages<BulkOperation>(['listBulk'], (cursor) =>
    api('listBulk', { query: { limit: 50, ...(cursor ? { cursor } : {}) } }),
  );
  const wanted = text.trim().toLowerCase();
  const shown = pages.data?.filter(({ name, createdByName, reason }) =>
    `${name} ${createdByName} ${reason}`.toLowerCase().includes(wanted),
  );
  return (
    <Page
      title="Bulk actions"
      about="What was done to many runs or exceptions at once: how far it is and what came of each."
    >
      <div className="toolbar">
        <SearchBox label="Search bulk actions" value={text} onChange={(q) => setSearch({ q })} />
      </div>
      <div className="sheet">
        {shown === undefined ? (
          pages.error ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : (
            <SkeletonRows />
          )
        ) : shown.length === 0 ? (
          <EmptyState
            icon={ListChecks}
            title={wanted ? 'No bulk action matches' : 'Nothing was done to many at once yet'}
            actions={
              wanted ? (
                <Button onClick={() => setSearch({ q: null })}>Show all bulk actions</Button>
              ) : (
                <Button onClick={() => navigate('/runs')}>Open the runs</Button>
              )
            }
          >
            {wanted
              ? 'Try fewer letters.'
              : 'Filter the runs, then choose "Act on all…" at the top of the list; or resolve exceptions with one cause together.'}
          </EmptyState>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th>Bulk action</th>
                <th>What</th>
                <th>State</th>
                <th>Progress</th>
                <th>Made</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((operation) => (
                <tr key={operation.id}>
                  <td>
                    <Link href={`/bulk/${operation.id}`}>
                      <strong>{operation.name}</strong>
                    </Link>
                    <div className="muted truncate">{operation.reason}</div>
                  </td>
                  <td className="nowrap">{operationLabel(operation)}</td>
                  <td>
                    <Badge tone={operationLooks[operation.status].tone} dot>
                      {operationLooks[operation.status].label}
                    </Badge>
                  </td>
                  <td style={{ minWidth: 180 }}>
                    <BulkProgress operation={operation} />
                  </td>
                  <td className="nowrap">
                    <RelativeTime at={operation.createdAt} />{' '}
                    <span className="muted">by {operation.createdByName}</span>
                  </td>
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
    </Page>
  );
}
