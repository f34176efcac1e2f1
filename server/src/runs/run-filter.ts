import type { ExceptionClassName } from '@waybill/api-contract';
import { exceptionClassNames, exceptionClassSchema, runStatusNames } from '@waybill/api-contract';
import type { RunStatus } from '@waybill/engine';
import { finalRunStatuses } from '@waybill/engine';
import type { RunFilter, StandingAs } from '@waybill/engine/ports';
import type { FlowId } from '@waybill/flow-model';
import { flowIdSchema, flowVersionIdSchema, runIdSchema } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import { publishedVersionId } from '@waybill/store';
import { HttpProblem } from '../problem.ts';
import type { ConnectionUse } from './connection-use.ts';

/** The filter as it stands in addresses and socket messages. */
export interface RunFilterQuery {
  flowId?: string | undefined;
  version?: number | undefined;
  connection?: string | undefined;
  label?: string | undefined;
  status?: string | undefined;
  mode?: 'live' | 'test' | undefined;
  businessKey?: string | undefined;
  businessKeyPrefix?: string | undefined;
  correlationId?: string | undefined;
  parentRunId?: string | undefined;
  node?: string | undefined;
  as?: StandingAs | undefined;
  errorCode?: string | undefined;
  errorClass?: string | undefined;
  startedBy?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  text?: string | undefined;
}

const isStatus = (name: string): name is RunStatus => (runStatusNames as readonly string[]).includes(name);
const listed = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean);
const invalid = (detail: string, fix: string): HttpProblem => new HttpProblem('REQUEST_INVALID', { detail, fix });

function classesIn(text: string): ExceptionClassName[] {
  return listed(text).map((name) => {
    const known = exceptionClassSchema.safeParse(name);
    if (known.success) return known.data;
    throw invalid(`There is no error class "${name}".`, `Error classes are ${exceptionClassNames.join(', ')}.`);
  });
}

function versionsOf(flowId: string | undefined, version: number): Pick<RunFilter, 'versionIds' | 'flowIds'> {
  const flow = flowIdSchema.safeParse(flowId);
  if (!flow.success)
    throw invalid('A version number says nothing without its flow.', 'Give flowId as well, or leave version out.');
  return { flowIds: [flow.data], versionIds: [flowVersionIdSchema.parse(publishedVersionId(flow.data, version))] };
}

/** Turns what a reader asked for into the journal's filter. */
export type RunFilterReader = (query: RunFilterQuery) => Promise<RunFilter>;

/** @throws {HttpProblem} (by the reader) REQUEST_INVALID for a status that does not exist or a malformed id. */
export function runFilterReader(uses: ConnectionUse, flows: Pick<Repositories['flows'], 'labelled'>): RunFilterReader {
  return async (query) => {
    const names = listed(query.status);
    const unknown = names.find((name) => !isStatus(name));
    if (unknown !== undefined)
      throw invalid(`There is no status "${unknown}".`, `Statuses are ${runStatusNames.join(', ')}.`);
    const flowId = query.flowId === undefined ? undefined : flowIdSchema.safeParse(query.flowId);
    const parentRunId = query.parentRunId === undefined ? undefined : runIdSchema.safeParse(query.parentRunId);
    if (flowId?.success === false || parentRunId?.success === false)
      throw invalid(
        `The ${flowId?.success === false ? 'flow' : 'parent run'} id is not valid.`,
        'Take it from the address of the flow or the run.',
      );
    const ofVersion = query.version === undefined ? {} : versionsOf(query.flowId, query.version);
    const ofConnection = query.connection ? await uses.versionsUsing(query.connection) : {};
    const using = { ...ofConnection, ...both(ofVersion, ofConnection) };
    return {
      ...using,
      ...(query.label ? { flowIds: labelled(await flows.labelled(query.label), using) } : {}),
      ...(flowId ? { flowId: flowId.data } : {}),
      ...(names.length > 0 ? { statuses: names.filter(isStatus) } : {}),
      ...(query.mode ? { mode: query.mode } : {}),
      ...(query.businessKey ? { businessKey: query.businessKey } : {}),
      ...(query.businessKeyPrefix ? { businessKeyPrefix: query.businessKeyPrefix } : {}),
      ...(query.correlationId ? { correlationId: query.correlationId } : {}),
      ...(parentRunId ? { parentRunId: parentRunId.data } : {}),
      ...(query.node ? { standsAt: { node: query.node, ...(query.as ? { as: query.as } : {}) } } : {}),
      ...(query.errorCode ? { errorCodes: listed(query.errorCode) } : {}),
      ...(query.errorClass ? { errorClasses: classesIn(query.errorClass) } : {}),
      ...(query.startedBy ? { startedBy: query.startedBy } : {}),
      ...(query.from === undefined ? {} : { acceptedFrom: query.from }),
      ...(query.to === undefined ? {} : { acceptedTo: query.to }),
      ...(query.text ? { text: query.text } : {}),
    };
  };
}

/** Flows with a label that are also among those asked for otherwise. */
function labelled(ids: readonly string[], { flowIds }: Pick<RunFilter, 'flowIds'>): FlowId[] {
  const allowed = flowIds && new Set<string>(flowIds);
  return ids.flatMap((id) => (!allowed || allowed.has(id) ? [id as FlowId] : []));
}

type Versions = Pick<RunFilter, 'versionIds' | 'flowIds'>;

/** A version that was asked for and must also use a connection. */
function both(wanted: Versions, using: Versions): Versions {
  if (!wanted.versionIds || !using.versionIds) return wanted;
  const allowed = new Set(using.versionIds);
  return { ...wanted, versionIds: wanted.versionIds.filter((id) => allowed.has(id)) };
}

/** The filter of live news: status and step are left to the screen, which must also see a run leave its list. */
export const newsFilter = ({ statuses: _statuses, standsAt: _standsAt, ...filter }: RunFilter): RunFilter => filter;

export const isFinal = (status: RunStatus): boolean => finalRunStatuses.includes(status);
