import type { Engine, StartRequest } from '@waybill/engine';
import type { Flow, JsonValue, NodeCatalog } from '@waybill/flow-model';
import { flowVersionIdSchema } from '@waybill/flow-model';
import { HttpProblem } from '../problem.ts';
import { manifestOfNode } from './flow-hash.ts';

/** The trigger to start with: the one asked for, else the flow's first. @throws {HttpProblem} TRIGGER_UNKNOWN */
export function triggerToStart(flow: Flow, catalog: NodeCatalog, asked: string | undefined): string {
  const triggers = Object.keys(flow.nodes).filter((id) => {
    const node = flow.nodes[id];
    return node && !node.disabled && manifestOfNode(catalog, node)?.kind === 'trigger';
  });
  const chosen = asked ?? triggers[0];
  if (chosen !== undefined && triggers.includes(chosen)) return chosen;
  throw new HttpProblem('TRIGGER_UNKNOWN', {
    detail: asked === undefined ? 'The flow has no trigger.' : `"${asked}" is no trigger of the flow.`,
    fix: triggers.length > 0 ? `Start it with ${triggers.join(', ')}.` : 'Add a trigger, for example Form.',
  });
}

/** What a person left empty: a form without answers is an empty form. */
export function startInput(flow: Flow, catalog: NodeCatalog, triggerNode: string, input: JsonValue): JsonValue {
  const node = flow.nodes[triggerNode];
  const isForm = node && manifestOfNode(catalog, node)?.trigger?.how === 'manual';
  return input === null && isForm ? {} : input;
}

/** Starts a run by hand and, if asked, waits for its end. */
export async function startRun(
  engine: Pick<Engine, 'start' | 'startAndWait'>,
  start: Omit<StartRequest, 'versionId'> & { versionId: string },
  waitMs: number,
): Promise<{ runId: string; duplicate: boolean; status?: string; output?: JsonValue }> {
  const request: StartRequest = { ...start, versionId: flowVersionIdSchema.parse(start.versionId) };
  if (waitMs === 0) return engine.start(request);
  const answered = await engine.startAndWait(request, waitMs);
  const { runId, duplicate } = answered;
  switch (answered.kind) {
    case 'response':
      return { runId, duplicate, status: 'running', output: answered.response.body };
    case 'finished':
      return { runId, duplicate, status: answered.status, output: answered.output };
    default:
      return { runId, duplicate, status: 'running' };
  }
}
