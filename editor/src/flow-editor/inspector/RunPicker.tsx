import type { RunSummaryView } from '@waybill/api-contract';
import { ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useDeferredValue, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { useEditor } from '../state/editor-store.ts';

interface RunPickerProps {
  /** What the button says. */
  label: string;
  chosen: string | null;
  onChoose: (runId: string | null) => void;
  /** Offers to use no run at all, in these words. */
  none?: string;
}

const nameOf = (run: RunSummaryView): string => run.businessKey ?? new Date(run.acceptedAt).toLocaleString();

/** One of the recent runs of this flow, found by its business key, id or error. Only for people who may see data. */
export function RunPicker({ label, chosen, onChoose, none }: RunPickerProps) {
  const flowId = useEditor((state) => state.summary.id);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const runs = useApiQuery(
    'listRuns',
    { query: { flowId, limit: 20, ...(wanted ? { text: wanted } : {}) } },
    { enabled: open, staleTime: 0 },
  );
  const choose = (runId: string | null) => {
    setOpen(false);
    onChoose(runId);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button small className="run-picker">
          <span className="truncate">{label}</span>
          <ChevronDown size={14} aria-hidden />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu run-picker__sheet" align="end" sideOffset={4} collisionPadding={8}>
          <SearchBox label="Search runs of this flow" value={text} onChange={setText} />
          <ul className="run-picker__list" aria-label="Runs of this flow">
            {none && (
              <li>
                <button type="button" className="pick-row" aria-current={chosen === null} onClick={() => choose(null)}>
                  {none}
                </button>
              </li>
            )}
            {(runs.data?.items ?? []).map((run) => (
              <li key={run.id}>
                <button
                  type="button"
                  className="pick-row"
                  aria-current={chosen === run.id}
                  onClick={() => choose(run.id)}
                >
                  <span className="run-picker__name">
                    <strong className="truncate">{nameOf(run)}</strong>
                    <small className="muted">
                      <RelativeTime at={run.acceptedAt} /> ·{' '}
                      {run.mode === 'test' ? 'test' : `v${run.versionNumber ?? '?'}`}
                    </small>
                  </span>
                  <StatusBadge status={run.status} />
                </button>
              </li>
            ))}
          </ul>
          {runs.data?.items.length === 0 && (
            <p className="muted run-picker__empty">{wanted ? 'No run matches.' : 'This flow has not run yet.'}</p>
          )}
          {runs.error && (
            <p className="muted run-picker__empty">The runs could not be read. Close this and try again.</p>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
