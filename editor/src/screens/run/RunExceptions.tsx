import { TriangleAlert } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { exceptionsWords } from '../exceptions/exception-words.ts';
import { useCalm } from './use-calm.ts';

const ASK_EVERY_MS = 1_000;

/** Leads to the open exceptions of a run, and of runs it called. */
export function RunExceptions({ runId, seq }: { runId: string; seq: number }) {
  const mayRead = useMay()('tasks.read');
  const tag = `run:${runId}`;
  // Asked anew when the run went on: it may have failed, or been mended.
  const upTo = useCalm(seq, ASK_EVERY_MS);
  const found = useApiQuery('countExceptions', { query: { tag } }, { enabled: mayRead, queryHash: `${tag} ${upTo}` });
  const open = found.data?.open ?? 0;
  if (open === 0) return null;
  return (
    <Link href={`/exceptions?view=list&tag=${encodeURIComponent(tag)}`} className="btn btn--small">
      <TriangleAlert size={14} aria-hidden /> {exceptionsWords(open)}
    </Link>
  );
}
