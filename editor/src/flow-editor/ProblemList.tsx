import type { FlowProblem } from '@waybill/flow-model';
import { useReactFlow } from '@xyflow/react';
import { CircleAlert, CircleCheck, TriangleAlert, X } from 'lucide-react';
import { IconButton } from '../ui/Button.tsx';
import { titleOf } from './graph/ports.ts';
import { useEditor, useEditorStore } from './state/editor-store.ts';

const keyOf = (problem: FlowProblem, index: number): string =>
  `${problem.code} ${problem.nodeId ?? problem.edgeId ?? ''} ${problem.field ?? ''} ${index}`;

/** Everything that keeps the flow from being published, and what to look at. A click goes there. */
export function ProblemRows({ problems, onGo }: { problems: readonly FlowProblem[]; onGo?: () => void }) {
  const store = useEditorStore();
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const { fitView } = useReactFlow();
  const goTo = ({ nodeId, edgeId, field }: FlowProblem) => {
    const { select, show } = store.getState();
    if (nodeId) {
      select([nodeId]);
      show({ inspectorTab: 'params', focusField: field ? { nodeId, field } : null, overlay: null });
      void fitView({ nodes: [{ id: nodeId }], maxZoom: 1, padding: 0.7, duration: 160 });
    } else if (edgeId) {
      const edge = flow.edges[edgeId];
      select([], [edgeId]);
      if (edge) void fitView({ nodes: [{ id: edge.from.node }, { id: edge.to.node }], maxZoom: 1, duration: 160 });
    } else show({ overlay: field ? 'settings' : null });
    onGo?.();
  };
  return (
    <ul className="problem-rows">
      {problems.map((problem, index) => (
        <li key={keyOf(problem, index)}>
          <button type="button" onClick={() => goTo(problem)}>
            {problem.severity === 'error' ? (
              <CircleAlert size={15} className="tone-failed" aria-label="Error" />
            ) : (
              <TriangleAlert size={15} className="tone-waiting" aria-label="Warning" />
            )}
            <span>
              {problem.nodeId && <strong>{titleOf(flow, catalog, problem.nodeId)}: </strong>}
              {problem.what}
              <small>{problem.fix}</small>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function ProblemList() {
  const store = useEditorStore();
  const open = useEditor((state) => state.problemsOpen);
  const problems = useEditor((state) => state.problems);
  if (!open) return null;
  const sorted = problems.toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
  return (
    <section className="problem-list" aria-label="Problems">
      <header>
        <h3>Problems</h3>
        <IconButton label="Close" icon={X} small onClick={() => store.getState().show({ problemsOpen: false })} />
      </header>
      {sorted.length === 0 ? (
        <p className="problem-list__none">
          <CircleCheck size={16} className="tone-done" aria-hidden /> Nothing stands in the way of publishing.
        </p>
      ) : (
        <ProblemRows problems={sorted} />
      )}
    </section>
  );
}
