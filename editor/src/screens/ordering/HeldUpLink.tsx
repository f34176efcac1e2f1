import { useApiQuery } from '../../api/queries.ts';
import { Link } from '../../app/router.tsx';

const REFRESH_MS = 15_000;

/** The way to what keeps runs waiting, with how much there is. */
export function HeldUpLink() {
  const blocked = useApiQuery('listBlockedKeys', { query: {} }, { refetchInterval: REFRESH_MS });
  const count = blocked.data?.items.length ?? 0;
  return (
    <Link href="/runs/held-up" className="btn btn--ghost">
      {count > 0 ? `Held up (${count})` : 'Held up'}
    </Link>
  );
}
