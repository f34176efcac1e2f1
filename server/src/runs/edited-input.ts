/** Data that a person gives a step in place of its own: checked before anything is taken up, so that nothing is lost. */
import type { Flow, JsonValue, NodeCatalog } from '@waybill/flow-model';
import { valueProblems } from '@waybill/flow-model';
import { manifestOfNode } from '../flows/flow-hash.ts';
import { HttpProblem } from '../problem.ts';
import { stepAddress } from './step-key.ts';

/** @throws {HttpProblem} EDIT_INVALID, naming every field that does not fit what the step takes. */
export function checkEditedInput(flow: Flow, catalog: NodeCatalog, step: string, edited: JsonValue): void {
  const node = flow.nodes[stepAddress(step).nodeId];
  const inputs = Object.entries((node && manifestOfNode(catalog, node)?.inputs) ?? {});
  const isByPort = inputs.length > 1 && typeof edited === 'object' && edited !== null && !Array.isArray(edited);
  const problems = inputs.slice(0, isByPort ? inputs.length : 1).flatMap(([port, { schema }]) => {
    const value = isByPort ? edited[port] : edited;
    if (value === undefined) return [];
    return valueProblems(schema, value).map(({ path, what }) => ({
      path: [...(isByPort ? [port] : []), ...(path === '' ? [] : [path])].join('.') || 'The input',
      what,
      fix: 'Compare it with a run that succeeded, then correct it.',
    }));
  });
  if (problems.length === 0) return;
  throw new HttpProblem('EDIT_INVALID', {
    detail: `The changed input does not fit the step in ${problems.length === 1 ? 'one place' : `${problems.length} places`}; nothing was sent and the run stays as it is.`,
    fix: 'Correct what is listed under "problems".',
    problems,
  });
}
