import { diffFlows } from '@waybill/flow-model';
import { ReactFlowProvider } from '@xyflow/react';
import { ArrowRight, ChevronDown, ChevronUp, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Select, Switch } from '../../ui/Field.tsx';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import type { EditorState } from '../state/editor-store.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { ChangeRows } from './ChangeRows.tsx';
import { CompareCanvas } from './CompareCanvas.tsx';
import { changeList } from './flow-changes.ts';
import './compare.css';

/** The document of a version, or the draft as it is in this editor. */
function useVersionFlow(which: string) {
  const flowId = useEditor((state) => state.summary.id);
  const draft = useEditor((state) => state.flow);
  const version = useApiQuery(
    'getVersion',
    { params: { flowId, number: Number(which) || 1 } },
    { enabled: which !== 'draft', staleTime: Number.POSITIVE_INFINITY, placeholderData: undefined as never },
  );
  return which === 'draft'
    ? { flow: draft, error: null, refetch: version.refetch }
    : { flow: version.data?.flow ?? null, error: version.error, refetch: version.refetch };
}

/** Two versions on one canvas, over the editor: what came, changed, went and moved, one by one. */
export function CompareView() {
  const store = useEditorStore();
  const compare = useEditor((state) => state.compare) as NonNullable<EditorState['compare']>;
  const flowId = useEditor((state) => state.summary.id);
  const catalog = useEditor((state) => state.catalog);
  const [at, setAt] = useState(0);
  const [withMoves, setWithMoves] = useState(false);
  const versions = useApiQuery('listVersions', { params: { flowId } });
  const before = useVersionFlow(compare.from);
  const after = useVersionFlow(compare.to);
  const found = useMemo(() => {
    if (!before.flow || !after.flow) return null;
    const diff = diffFlows(before.flow, after.flow);
    return {
      diff,
      before: before.flow,
      after: after.flow,
      changes: changeList(diff, before.flow, after.flow, catalog),
    };
  }, [before.flow, after.flow, catalog]);
  const options = [
    { value: 'draft', label: 'Draft' },
    ...(versions.data?.items ?? []).map(({ number, current }) => ({
      value: String(number),
      label: `Version ${number}${current ? ' (live)' : ''}`,
    })),
  ];
  const choose = (change: Partial<typeof compare>) => {
    setAt(0);
    store.getState().show({ compare: { ...compare, ...change } });
  };
  const shown = found?.changes.filter(({ mark }) => withMoves || mark !== 'moved') ?? [];
  const moves = found?.changes.filter(({ mark }) => mark === 'moved').length ?? 0;
  const current = shown[Math.min(at, shown.length - 1)] ?? null;
  const step = (by: number) =>
    shown.length > 0 && setAt((Math.min(at, shown.length - 1) + by + shown.length) % shown.length);
  const error = before.error ?? after.error;
  return (
    <section className="compare" aria-label="Compare versions">
      <header className="compare__bar">
        <strong>Compare</strong>
        <Select
          aria-label="Older version"
          options={options}
          value={compare.from}
          onChange={(from) => choose({ from })}
        />
        <ArrowRight size={15} aria-label="with" />
        <Select aria-label="Newer version" options={options} value={compare.to} onChange={(to) => choose({ to })} />
        <ul className="compare__legend" aria-label="Colours">
          <li data-mark="added">Added</li>
          <li data-mark="changed">Changed</li>
          <li data-mark="removed">Removed</li>
          {withMoves && <li data-mark="moved">Moved</li>}
        </ul>
        <span className="compare__end">
          <span className="row">
            <Switch label="Show moves" hideLabel checked={withMoves} onChange={setWithMoves} />
            <span aria-hidden>Moves ({moves})</span>
          </span>
          <span className="muted nowrap" role="status">
            {shown.length === 0 ? 'No changes' : `${Math.min(at, shown.length - 1) + 1} of ${shown.length}`}
          </span>
          <IconButton label="Previous change" icon={ChevronUp} disabled={shown.length < 2} onClick={() => step(-1)} />
          <IconButton label="Next change" icon={ChevronDown} disabled={shown.length < 2} onClick={() => step(1)} />
          <Button icon={X} onClick={() => store.getState().show({ compare: null })}>
            Back to the draft
          </Button>
        </span>
      </header>
      {error ? (
        <ErrorState error={error} onRetry={() => void Promise.all([before.refetch(), after.refetch()])} />
      ) : !found ? (
        <SkeletonRows rows={6} />
      ) : (
        <div className="compare__body">
          <ReactFlowProvider key={`${compare.from} ${compare.to}`}>
            <CompareCanvas
              before={found.before}
              after={found.after}
              diff={found.diff}
              focus={current}
              withMoves={withMoves}
              onPick={(id) => {
                const index = shown.findIndex((change) => change.nodes.includes(id));
                if (index >= 0) setAt(index);
              }}
            />
          </ReactFlowProvider>
          <ChangeRows
            changes={shown}
            current={current}
            before={found.before}
            after={found.after}
            onChoose={(change) => setAt(shown.indexOf(change))}
          />
        </div>
      )}
    </section>
  );
}
