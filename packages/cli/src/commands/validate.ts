import type { FlowProblem } from '@waybill/flow-model';
import { validateFlow } from '@waybill/flow-model';
import { installedCatalog } from '../catalog.ts';
import { exitCodes } from '../cli-error.ts';
import { readFlow } from '../flow-files.ts';

export interface ValidateOptions {
  json: boolean;
}

const line = (problem: FlowProblem): string => {
  const place = [problem.nodeId, problem.field].filter(Boolean).join('.') || problem.edgeId || 'flow';
  return `  ${problem.severity === 'error' ? 'error  ' : 'warning'} ${place}: ${problem.what}\n          ${problem.fix} [${problem.code}]`;
};

/** Prints every problem of each flow. @returns 1 if any has an error, else 0. */
export function validate(paths: string[], options: ValidateOptions): number {
  const catalog = installedCatalog();
  const results = paths.map((path) => ({ path, problems: validateFlow(readFlow(path).flow, catalog) }));
  const errors = results.flatMap((result) => result.problems).filter((problem) => problem.severity === 'error').length;
  if (options.json) console.log(JSON.stringify({ ok: errors === 0, results }, null, 2));
  else
    for (const { path, problems } of results) {
      console.log(problems.length === 0 ? `${path}: no problems` : `${path}: ${problems.length} to look at`);
      for (const problem of problems) console.log(line(problem));
    }
  return errors === 0 ? exitCodes.ok : exitCodes.failed;
}
