import type { Flow, FlowProblem, NodeCatalog } from '@waybill/flow-model';
import { defaultLayout, fromText, parseFlow, validateFlow } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import { HttpProblem, problemItems } from '../problem.ts';

interface FlowChecksOptions {
  store: Pick<Repositories, 'roleBindings' | 'connections' | 'lookupTables'>;
  catalog: NodeCatalog;
  environment: string;
}

/** @throws {HttpProblem} FLOW_MALFORMED listing every problem. */
export function flowOf(input: unknown): Flow {
  const parsed = parseFlow(input);
  if (parsed.ok) return parsed.flow;
  throw new HttpProblem('FLOW_MALFORMED', {
    detail: `The document is not a flow: ${parsed.problemCount} problem(s).`,
    fix: 'Correct what is listed under "problems".',
    problems: problemItems(parsed.problems),
  });
}

/** A flow from its text format; one without a layout gets one. @throws {HttpProblem} FLOW_MALFORMED with file, line and column. */
export function flowOfText(files: Record<string, string>): Flow {
  const read = fromText({
    'flow.yaml': files['flow.yaml'] ?? '',
    ...(files['layout.yaml'] === undefined ? {} : { 'layout.yaml': files['layout.yaml'] }),
  });
  if (!read.ok)
    throw new HttpProblem('FLOW_MALFORMED', {
      detail: `The text is not a flow: ${read.problems.length} problem(s).`,
      fix: 'Correct what is listed under "problems".',
      problems: read.problems.slice(0, 200).map(({ file, line, column, what, fix }) => ({
        path: `${file}:${line}:${column}`,
        what,
        fix,
      })),
    });
  const placed = Object.keys(read.flow.layout).length > 0;
  return placed ? read.flow : { ...read.flow, layout: defaultLayout(read.flow) };
}

/** Whether flows could run in this workspace, with its connections, roles and tables. */
export function flowChecks({ store, catalog, environment }: FlowChecksOptions) {
  async function problemsOf(flow: Flow): Promise<FlowProblem[]> {
    const [bindings, connections, tables] = await Promise.all([
      store.roleBindings.list(environment),
      store.connections.list({ limit: 200 }),
      store.lookupTables.list(),
    ]);
    const proposed = [...catalog.values()].flatMap((manifest) =>
      Object.values(manifest.credentials).flatMap((slot) => (slot.role ? [slot.role] : [])),
    );
    return validateFlow(flow, catalog, {
      roles: [...new Set([...bindings.map((binding) => binding.role), ...proposed])],
      // With more connections than one page holds, an id that is not on it proves nothing.
      ...(connections.nextCursor === null ? { connections: connections.items.map((item) => item.id) } : {}),
      tables: tables.map((table) => table.name),
    });
  }

  /** @throws {HttpProblem} FLOW_INVALID listing every error. */
  async function refuseErrors(flow: Flow, matters: (problem: FlowProblem) => boolean = () => true): Promise<void> {
    const errors = (await problemsOf(flow)).filter((problem) => problem.severity === 'error' && matters(problem));
    if (errors.length === 0) return;
    throw new HttpProblem('FLOW_INVALID', {
      detail: `The flow has ${errors.length} error(s), so it cannot run.`,
      fix: 'Correct what is listed under "problems", then try again.',
      problems: problemItems(errors),
    });
  }

  return { problemsOf, refuseErrors };
}

export type FlowChecks = ReturnType<typeof flowChecks>;
