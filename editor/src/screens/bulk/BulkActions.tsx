import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import type { RunQuery } from '../runs/run-filter.ts';
import { BulkDialog } from './BulkDialog.tsx';

/** For the head of the run list: act on all of it, and the bulk actions made so far. */
export function BulkActions({ query }: { query: RunQuery }) {
  const may = useMay();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Link href="/bulk" className="btn btn--ghost">
        Bulk actions
      </Link>
      {may('runs.act') && (
        <Button icon={ListChecks} onClick={() => setAsking(true)}>
          Act on all…
        </Button>
      )}
      {asking && <BulkDialog query={query} onClose={() => setAsking(false)} />}
    </>
  );
}
