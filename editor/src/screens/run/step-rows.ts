import type { StepStatus, StepView } from '@waybill/api-contract';
import type { Flow, NodeId } from '@waybill/flow-model';
import { bodyOf, graphOf, topologicalOrder } from '@waybill/flow-model';

/** Which iteration of each container is looked at, by the container's step key. Absent: the most telling one. */
export type IterationPicks = Readonly<Record<string, number>>;

/** One line of the step list and the timeline. */
export interface StepRow {
  step: string;
  nodeId: NodeId;
  /** How many containers it is in. */
  depth: number;
  /** Null: the run has not come here. */
  view: StepView | null;
  /** For a container: the iteration shown below it, and how many there are. */
  iteration: { shown: number; total: number; failed: readonly number[] } | null;
}

/** `perLine[3]/createTask` -> iterations of `perLine` and their steps, once for all containers. */
function iterationsSeen(steps: Iterable<StepView>): Map<string, Map<number, StepView[]>> {
  const seen = new Map<string, Map<number, StepView[]>>();
  for (const view of steps) {
    const parts = view.step.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const around = /^(.*)\[(\d+)\]$/.exec(parts.slice(0, depth).join('/'));
      if (!around) continue;
      const [, container = '', index = ''] = around;
      const iterations = seen.get(container) ?? new Map<number, StepView[]>();
      seen.set(container, iterations);
      const own = iterations.get(Number(index));
      if (own) own.push(view);
      else iterations.set(Number(index), [view]);
    }
  }
  return seen;
}

const attention: readonly StepStatus[] = ['failed', 'in-doubt', 'retrying', 'waiting', 'running'];

/** The iteration worth a look when nobody chose: the first that failed or stands still, else the last. */
function mostTelling(iterations: ReadonlyMap<number, StepView[]> | undefined): number {
  if (!iterations || iterations.size === 0) return 0;
  for (const status of attention)
    for (const [index, steps] of iterations) if (steps.some((view) => view.status === status)) return index;
  return Math.max(...iterations.keys());
}

const orders = new WeakMap<Flow, ReadonlyMap<NodeId | null, readonly NodeId[]>>();

/** What lies in each container, `null` for the flow itself, in order; worked out once per flow, since rows are asked for with every news. */
function orderOf(flow: Flow): ReadonlyMap<NodeId | null, readonly NodeId[]> {
  const known = orders.get(flow);
  if (known) return known;
  const graph = graphOf(flow);
  const order = new Map(
    [null, ...Object.keys(flow.nodes)].flatMap((container) => {
      const body = bodyOf(graph, container);
      return body.length > 0 ? [[container, topologicalOrder(graph, body)] as const] : [];
    }),
  );
  orders.set(flow, order);
  return order;
}

/**
 * The steps to show, in the order of the flow, with one iteration per container. Pure.
 * The order depends on the flow alone, so rows keep their place while a run goes on.
 */
export function stepRows(flow: Flow, steps: Readonly<Record<string, StepView>>, picks: IterationPicks): StepRow[] {
  const order = orderOf(flow);
  const seen = iterationsSeen(Object.values(steps));
  const rows: StepRow[] = [];
  const walk = (container: NodeId | null, prefix: string, depth: number) => {
    for (const nodeId of order.get(container) ?? []) {
      const step = prefix + nodeId;
      const view = steps[step] ?? null;
      const isContainer = order.has(nodeId);
      const iterations = seen.get(step);
      const total = view?.iterations?.total ?? (iterations ? Math.max(...iterations.keys()) + 1 : 0);
      const shown = picks[step] ?? mostTelling(iterations);
      const failed = [...(iterations ?? [])]
        .filter(([, inside]) => inside.some((each) => each.status === 'failed'))
        .map(([index]) => index)
        .sort((a, b) => a - b);
      rows.push({ step, nodeId, depth, view, iteration: isContainer ? { shown, total, failed } : null });
      if (isContainer) walk(nodeId, `${step}[${shown}]/`, depth + 1);
    }
  };
  walk(null, '', 0);
  return rows;
}

/** A step of a chosen iteration that is not known: of a very long run, not all are read at once. Pure. */
export const unreadStep = (rows: readonly StepRow[]): string | null =>
  rows.find((row) => row.depth > 0 && row.view === null)?.step ?? null;

/** The picks that bring a step into view. Pure. */
export function picksFor(step: string, picks: IterationPicks): IterationPicks {
  const next: Record<string, number> = { ...picks };
  const parts = step.split('/');
  for (let depth = 1; depth < parts.length; depth += 1) {
    const around = /^(.*)\[(\d+)\]$/.exec(parts.slice(0, depth).join('/'));
    if (around) next[around[1] ?? ''] = Number(around[2]);
  }
  return next;
}

/** The step a person most likely came for: what failed or stands still, else where the run is, else the last that ended. Pure. */
export function stepOfInterest(steps: readonly StepView[]): StepView | null {
  for (const status of attention) {
    // Inside a failed container the inner step tells more than the frame around it.
    const found = steps
      .filter((view) => view.status === status)
      .sort((a, b) => b.iteration.length - a.iteration.length || b.seq - a.seq)[0];
    if (found) return found;
  }
  return steps.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0) || b.seq - a.seq)[0] ?? null;
}

/** Which iteration a step is in, the outermost first; groups that run once say nothing. Pure. */
export function iterationWords(
  { step }: Pick<StepView, 'step'>,
  steps: Readonly<Record<string, StepView>>,
): string | null {
  const parts = step.split('/').slice(0, -1);
  const words = parts.flatMap((part, depth) => {
    const container = [...parts.slice(0, depth), part.replace(/\[\d+\]$/, '')].join('/');
    const total = steps[container]?.iterations?.total ?? 0;
    const index = Number(/\[(\d+)\]$/.exec(part)?.[1] ?? 0);
    return total > 1 ? [`${index + 1} of ${total.toLocaleString()}`] : [];
  });
  return words.length === 0 ? null : words.join(' › ');
}
