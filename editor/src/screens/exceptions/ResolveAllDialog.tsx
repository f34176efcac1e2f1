import type { Exception, ExceptionAct, ExceptionActResult } from '@waybill/api-contract';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { SkeletonRows } from '../../ui/States.tsx';
import { actLabels, actMeans, valuesWords } from './exception-words.ts';
import { refreshExceptions } from './refresh-exceptions.ts';

const pageSize = 200;
const mostAtOnce = 1_000;
/** Small enough that the bar moves and stopping takes effect soon. */
const batchSize = 10;
const shownInPreview = 5;

interface ResolveAllDialogProps {
  /** Which problems: all of a cause, or exactly these. */
  of: { fingerprint: string } | { tag: string; ids?: readonly string[] };
  act: ExceptionAct;
  onClose: () => void;
}

type Item = Pick<Exception, 'id' | 'title' | 'subject' | 'value'>;

async function siblingsOf(of: ResolveAllDialogProps['of']): Promise<Item[]> {
  const { ids = null, ...filter } = 'tag' in of ? of : { ...of, ids: null };
  const found: Item[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...filter, order: 'oldest' as const, limit: pageSize, ...(cursor ? { cursor } : {}) };
    const page = await api('listExceptions', { query });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && found.length < mostAtOnce);
  return ids ? found.filter((one) => ids.includes(one.id)) : found;
}

/** The same act for many problems: first what it would touch, then progress, then what came of each. */
export function ResolveAllDialog({ of, act, onClose }: ResolveAllDialogProps) {
  const [items, setItems] = useState<Item[] | null>(null);
  const [results, setResults] = useState<ExceptionActResult[]>([]);
  const [phase, setPhase] = useState<'asking' | 'working' | 'done'>('asking');
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const stopped = useRef(false);
  const asked = useRef(of);
  useEffect(() => {
    siblingsOf(asked.current).then(setItems, (error: unknown) => setProblem(wordsOf(error)));
    return () => {
      stopped.current = true;
    };
  }, []);

  const perform = async () => {
    if (!items || phase !== 'asking') return;
    stopped.current = false;
    setPhase('working');
    try {
      for (let at = 0; at < items.length && !stopped.current; at += batchSize) {
        const ids = items.slice(at, at + batchSize).map((one) => one.id);
        const reply = await api('actOnExceptions', { body: { ids, act } });
        setResults((before) => [...before, ...reply.results]);
      }
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setPhase('done');
      void refreshExceptions();
    }
  };

  const refused = results.filter((one) => !one.ok);
  const count = items?.length ?? 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={
        phase === 'done' ? `${results.length - refused.length} of ${count} done` : `${actLabels[act.act]}: ${count}`
      }
      {...(act.act === 'decide' ? {} : { about: actMeans[act.act] })}
      width={560}
      onSubmit={() => void perform()}
      foot={
        phase === 'asking' ? (
          <>
            <Button onClick={onClose}>Back</Button>
            <Button type="submit" look="primary" disabled={count === 0}>
              {actLabels[act.act]} for {count}
            </Button>
          </>
        ) : phase === 'working' ? (
          <Button
            onClick={() => {
              stopped.current = true;
            }}
          >
            Stop after this one
          </Button>
        ) : (
          <Button look="primary" onClick={onClose}>
            Close
          </Button>
        )
      }
    >
      <div className="stack">
        {phase === 'asking' && (items ? <Preview items={items} /> : !problem && <SkeletonRows rows={3} />)}
        {phase !== 'asking' && (
          <progress className="resolve__bar" value={results.length} max={Math.max(1, count)} aria-label="Progress" />
        )}
        {phase !== 'asking' && (
          <p role="status">
            {results.length} of {count} · {refused.length} refused
          </p>
        )}
        {refused.length > 0 && (
          <ul className="resolve__refused" aria-label="Refused">
            {refused.map((one) => (
              <li key={one.id}>
                <strong>{items?.find((item) => item.id === one.id)?.subject?.label ?? one.id}</strong>: {one.what}{' '}
                {one.fix}
              </li>
            ))}
          </ul>
        )}
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem.what} {problem.fix}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Preview({ items }: { items: readonly Item[] }) {
  const sums = new Map<string, number>();
  for (const { value } of items) if (value) sums.set(value.currency, (sums.get(value.currency) ?? 0) + value.amount);
  const worth = valuesWords([...sums].map(([currency, amount]) => ({ currency, amount })));
  return (
    <div className="callout">
      <div>
        <strong>
          {items.length} {items.length === 1 ? 'exception' : 'exceptions'}
          {worth && `, ${worth} at stake`}
        </strong>
        <p>
          {items
            .slice(0, shownInPreview)
            .map((one) => one.subject?.label ?? one.title)
            .join(', ')}
          {items.length > shownInPreview && ` and ${items.length - shownInPreview} more`}
        </p>
        {items.length >= mostAtOnce && <p>There are more; do these first.</p>}
      </div>
    </div>
  );
}
