import { X } from 'lucide-react';
import { useMay } from '../api/session.ts';
import { Link } from '../app/router.tsx';
import { StatusBadge } from '../ui/Badge.tsx';
import { IconButton } from '../ui/Button.tsx';
import { titleOf } from './graph/ports.ts';
import { useEditor, useEditorStore } from './state/editor-store.ts';

/** Says which run lies over the canvas and how it stands. */
export function RunStrip() {
  const store = useEditorStore();
  const may = useMay();
  const runId = useEditor((state) => state.runId);
  const run = useEditor((state) => state.live?.run ?? null);
  const at = useEditor((state) => {
    const step = state.live?.run?.currentStep;
    const node = step
      ?.split('/')
      .at(-1)
      ?.replace(/\[\d+\]$/, '');
    return node ? titleOf(state.flow, state.catalog, node) : null;
  });
  if (runId === null) return null;
  return (
    <section className="run-strip" aria-label="Run on the canvas">
      {run ? <StatusBadge status={run.status} /> : <span className="muted">Starting…</span>}
      <span className="run-strip__words" role="status">
        {run?.errorWhat ?? (at ? `at “${at}”` : run ? '' : 'waiting for the first news')}
      </span>
      {may('runs.read') && <Link href={`/runs/${runId}`}>Open the run</Link>}
      <IconButton label="Take the run off the canvas" icon={X} small onClick={() => store.getState().follow(null)} />
    </section>
  );
}
