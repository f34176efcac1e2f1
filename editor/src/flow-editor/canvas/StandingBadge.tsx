import type { StandingAs } from '@waybill/api-contract';
import { CircleHelp, Hourglass, PlugZap, X } from 'lucide-react';
import { Link } from '../../app/router.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { useEditor } from '../state/editor-store.ts';
import type { StandingNode } from '../state/standing-slice.ts';
import { standingCount, standingWords } from './standing-words.ts';

type Column = Exclude<keyof StandingNode, 'nodeId'>;
const shown = [
  { column: 'waiting', as: 'waiting', icon: Hourglass, words: 'waiting here' },
  { column: 'parked', as: 'parked', icon: PlugZap, words: 'waiting for a system' },
  { column: 'inDoubt', as: 'in-doubt', icon: CircleHelp, words: 'in doubt here' },
  { column: 'failed', as: 'failed', icon: X, words: 'failed here in the last 24 hours' },
] as const satisfies readonly { column: Column; as: StandingAs; icon: typeof X; words: string }[];

/** How many runs of the flow, and iterations of theirs, stand at a node, and how long the oldest has: a press lists the runs. */
export function StandingBadge({ id }: { id: string }) {
  const standing = useEditor((state) => state.standing[id]);
  const at = useEditor((state) => state.standingAt);
  const flowId = useEditor((state) => state.flow.id);
  if (!standing) return null;
  return (
    <span className="standing nodrag nopan">
      {shown.map(({ column, as, icon: Icon, words }) => {
        const { runs, waits, oldestAt } = standing[column];
        if (runs === 0 || oldestAt === null) return null;
        const age = durationWords(Math.max(0, Math.floor((at - oldestAt) / 1_000) * 1_000));
        const range = column === 'failed' ? '&range=24h' : '';
        return (
          <Link
            key={column}
            href={`/runs?flow=${encodeURIComponent(flowId)}&node=${encodeURIComponent(id)}&as=${as}${range}`}
            className={`standing__one standing__one--${column}`}
            title={`${standingWords({ runs, waits })} ${words}, the oldest for ${age}`}
          >
            <Icon size={11} aria-hidden />
            <span className="sr-only">{words}: </span>
            {standingCount({ runs, waits })}
            <span className="standing__age">· {age}</span>
          </Link>
        );
      })}
    </span>
  );
}
