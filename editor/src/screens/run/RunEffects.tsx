import type { Effect, RunSummaryView } from '@waybill/api-contract';
import { useEffect, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { EffectDetail } from '../effects/EffectDetail.tsx';
import { EffectHead, EffectLine } from '../effects/EffectLine.tsx';
import { inOrder } from '../effects/effect-words.ts';
import '../effects/effects.css';

const mostShown = 200;

/** What a run wrote to other systems, in order. */
export function RunEffects({ run }: { run: RunSummaryView }) {
  const effects = useApiQuery('listEffects', { query: { runId: run.id, limit: mostShown } });
  const [open, setOpen] = useState<Effect | null>(null);
  const { refetch } = effects;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new record may have changed the ledger
  useEffect(() => void refetch(), [run.seq, refetch]);
  return (
    <ListState
      query={effects}
      isEmpty={({ items }) => items.length === 0}
      empty={<EmptyState title="Nothing was written">This run changed nothing in another system so far.</EmptyState>}
    >
      {({ items, nextCursor }) => (
        <>
          <EffectHead />
          <ul aria-label="Effects of this run">
            {inOrder(items).map((effect) => (
              <EffectLine
                key={effect.effectKey}
                effect={effect}
                selected={effect.effectKey === open?.effectKey}
                onOpen={setOpen}
              />
            ))}
          </ul>
          {nextCursor !== null && <p className="muted run__more">The {mostShown} newest are shown.</p>}
          {open && <EffectDetail effect={open} onClose={() => setOpen(null)} />}
        </>
      )}
    </ListState>
  );
}
