import type { Flow } from '@waybill/flow-model';
import { useEffect, useRef } from 'react';
import { useEditor } from '../state/editor-store.ts';
import type { Change } from './flow-changes.ts';
import { fieldWords, valueWords } from './flow-changes.ts';

interface ChangeRowsProps {
  changes: readonly Change[];
  current: Change | null;
  before: Flow;
  after: Flow;
  onChoose: (change: Change) => void;
}

/** The changes in words; the chosen one shows its fields before and after. */
export function ChangeRows({ changes, current, before, after, onChoose }: ChangeRowsProps) {
  const catalog = useEditor((state) => state.catalog);
  const chosen = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls whenever another change is chosen
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: 'nearest' });
  }, [current?.key]);
  if (changes.length === 0)
    return (
      <aside className="compare__list">
        <p className="muted">These two are alike: nothing was added, changed or removed.</p>
      </aside>
    );
  return (
    <aside className="compare__list" aria-label="Changes">
      <ol>
        {changes.map((change) => {
          const isOpen = change.key === current?.key;
          const id = change.nodes[0];
          return (
            <li key={change.key} data-mark={change.mark} ref={isOpen ? chosen : null}>
              <button type="button" className="pick-row" aria-current={isOpen} onClick={() => onChoose(change)}>
                {change.words}
                {change.fields.length > 0 && <small className="muted"> · {change.fields.length}</small>}
              </button>
              {isOpen && change.fields.length > 0 && (
                <dl className="compare__fields">
                  {change.fields.map(({ field, before: was, after: is }) => (
                    <div key={field}>
                      <dt>{fieldWords(id && after.nodes[id] ? after : before, catalog, id, field)}</dt>
                      {was !== undefined && (
                        <dd data-side="before">
                          <span className="sr-only">before: </span>
                          <code>{valueWords(was)}</code>
                        </dd>
                      )}
                      {is !== undefined && (
                        <dd data-side="after">
                          <span className="sr-only">after: </span>
                          <code>{valueWords(is)}</code>
                        </dd>
                      )}
                    </div>
                  ))}
                </dl>
              )}
            </li>
          );
        })}
      </ol>
    </aside>
  );
}
