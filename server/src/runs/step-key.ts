/** `perLine[3]/createTask` taken apart. */
export interface StepAddress {
  nodeId: string;
  /** Iteration numbers from the outermost container in. */
  iteration: number[];
  /** Key of the container's step, null at the top level. */
  parent: string | null;
  /** Iteration of the innermost container, -1 at the top level. */
  index: number;
}

export function stepAddress(step: string): StepAddress {
  const parts = step.split('/');
  const nodeId = parts.at(-1) ?? step;
  const iteration = parts.slice(0, -1).map((part) => Number(/\[(\d+)\]$/.exec(part)?.[1] ?? 0));
  const inside = parts.slice(0, -1).join('/');
  return {
    nodeId,
    iteration,
    parent: inside === '' ? null : inside.replace(/\[\d+\]$/, ''),
    index: iteration.at(-1) ?? -1,
  };
}
