import { edgeProblems } from './edge-problems.ts';
import { expressionProblems } from './expression-problems.ts';
import type { Flow } from './flow.ts';
import type { ValidateOptions } from './flow-check.ts';
import { startCheck } from './flow-check.ts';
import type { NodeCatalog } from './manifest.ts';
import { nodeProblems } from './node-problems.ts';
import type { FlowProblem } from './problem.ts';
import { structureProblems } from './structure-problems.ts';

/**
 * Every problem of a flow at once, each with its place, what is wrong and how to fix it. A flow with no problem of
 * severity `error` can be published.
 */
export function validateFlow(flow: Flow, catalog: NodeCatalog, options: ValidateOptions = {}): FlowProblem[] {
  const check = startCheck(flow, catalog, options);
  return [...structureProblems(check), ...nodeProblems(check), ...edgeProblems(check), ...expressionProblems(check)];
}
