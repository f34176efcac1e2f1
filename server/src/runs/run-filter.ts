import { runStatusNames } from '@waybill/api-contract';
import type { RunStatus } from '@waybill/engine';
import { finalRunStatuses } from '@waybill/engine';
import type { RunFilter, RunSummary } from '@waybill/engine/ports';
import { flowIdSchema } from '@waybill/flow-model';
import { HttpProblem } from '../problem.ts';

/** The filter as it stands in addresses and socket messages. */
export interface RunFilterQuery {
  flowId?: string | undefined;
  status?: string | undefined;
  mode?: 'live' | 'test' | undefined;
  businessKey?: string | undefined;
  correlationId?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  text?: string | undefined;
}

const isStatus = (name: string): name is RunStatus => (runStatusNames as readonly string[]).includes(name);

/** @throws {HttpProblem} REQUEST_INVALID for a status that does not exist or a malformed flow id. */
export function runFilter(query: RunFilterQuery): RunFilter {
  const names = (query.status ?? '').split(',').filter(Boolean);
  const unknown = names.find((name) => !isStatus(name));
  const flowId = query.flowId === undefined ? undefined : flowIdSchema.safeParse(query.flowId);
  if (unknown !== undefined || flowId?.success === false)
    throw new HttpProblem('REQUEST_INVALID', {
      detail: unknown === undefined ? 'The flow id is not valid.' : `There is no status "${unknown}".`,
      fix: `Statuses are ${runStatusNames.join(', ')}.`,
    });
  return {
    ...(flowId ? { flowId: flowId.data } : {}),
    ...(names.length > 0 ? { statuses: names.filter(isStatus) } : {}),
    ...(query.mode ? { mode: query.mode } : {}),
    ...(query.businessKey ? { businessKey: query.businessKey } : {}),
    ...(query.correlationId ? { correlationId: query.correlationId } : {}),
    ...(query.from === undefined ? {} : { acceptedFrom: query.from }),
    ...(query.to === undefined ? {} : { acceptedTo: query.to }),
    ...(query.text ? { text: query.text } : {}),
  };
}

/**
 * Whether a run belongs on a list with this filter. The status is left to the screen, which must also see a run leave
 * its list.
 */
export function matchesFilter(run: RunSummary, filter: RunFilter): boolean {
  const { text } = filter;
  return (
    (filter.flowId === undefined || run.flowId === filter.flowId) &&
    (filter.mode === undefined || run.mode === filter.mode) &&
    (filter.businessKey === undefined || run.businessKey === filter.businessKey) &&
    (filter.correlationId === undefined || run.correlationId === filter.correlationId) &&
    (filter.parentRunId === undefined || run.parentRunId === filter.parentRunId) &&
    (filter.acceptedFrom === undefined || run.acceptedAt >= filter.acceptedFrom) &&
    (filter.acceptedTo === undefined || run.acceptedAt <= filter.acceptedTo) &&
    (text === undefined || [run.runId, run.businessKey, run.correlationId].some((value) => value?.startsWith(text)))
  );
}

export const isFinal = (status: RunStatus): boolean => finalRunStatuses.includes(status);
