import { rowAt, rowFinder } from '@waybill/canonical';
import type { JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { CallContext, HostCapabilities } from '@waybill/sandbox';
import type { LookupTableFile } from '../lookup-tables.ts';
import { nodeOf } from './run-watch.ts';
import type { Reply, TestCase } from './test-case.ts';

export interface SentRequest {
  node: string;
  method: string;
  url: string;
  body: JsonValue;
}

function bodyOf(text: string | undefined): JsonValue {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

const answers = (reply: Reply, method: string, url: string): boolean =>
  (reply.method === undefined || reply.method === method) && (reply.url === undefined || url.includes(reply.url));

/** Outside systems, crosswalk and tables as a test case describes them; what the flow sends is kept. */
export function mockedWorld(
  testCase: TestCase,
  tables: readonly LookupTableFile[],
): { capabilities: HostCapabilities; sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const used = new Map<Reply, number>();
  const rows = testCase.crosswalk.map((row) => ({ ...row, ids: { ...row.ids } }));
  /** By which step. */
  const linked = new Set<string>();
  const linkKey = ({ runId, step }: CallContext, ...pair: unknown[]) => JSON.stringify([runId, step, pair]);
  const find = (entity: string, system: string, id: string) =>
    rows.find((row) => row.entity === entity && row.ids[system] === id);
  return {
    sent,
    capabilities: {
      async http(request, { step }) {
        const node = nodeOf(step);
        sent.push({ node, method: request.method, url: request.url, body: bodyOf(request.body) });
        const reply = (testCase.replies[node] ?? []).find(
          (candidate) =>
            answers(candidate, request.method, request.url) &&
            (used.get(candidate) ?? 0) < (candidate.times ?? Number.POSITIVE_INFINITY),
        );
        if (!reply) {
          throw flowError('TEST_REPLY_MISSING', {
            what: `The test has no reply for ${request.method} ${request.url} of "${node}".`,
            fix: `Add one under replies.${node}.`,
            owner: 'user',
            engine: 'stop',
          });
        }
        used.set(reply, (used.get(reply) ?? 0) + 1);
        const json = reply.json !== undefined;
        return {
          status: reply.status,
          headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...reply.headers },
          body: json ? JSON.stringify(reply.json) : (reply.text ?? ''),
        };
      },
      async crosswalkFind({ entity, fromSystem, fromId, toSystem }) {
        return find(entity, fromSystem, fromId)?.ids[toSystem] ?? null;
      },
      async crosswalkFindMany({ entity, fromSystem, fromIds, toSystem }) {
        return fromIds.map((id) => find(entity, fromSystem, id)?.ids[toSystem] ?? null);
      },
      async crosswalkLink({ entity, a, b }, context) {
        const row = find(entity, a.system, a.id) ?? find(entity, b.system, b.id);
        if (row?.ids[a.system] === a.id && row.ids[b.system] === b.id) return;
        if (row) Object.assign(row.ids, { [a.system]: a.id, [b.system]: b.id });
        else rows.push({ entity, ids: { [a.system]: a.id, [b.system]: b.id } });
        linked.add(linkKey(context, entity, a, b));
      },
      async crosswalkUnlink({ entity, a, b }, context) {
        const row = find(entity, a.system, a.id);
        if (!row || !linked.delete(linkKey(context, entity, a, b))) return false;
        delete row.ids[b.system];
        return true;
      },
      async tableLookup({ table, key, at }) {
        const rows = tables.find((each) => each.name === table)?.rows ?? [];
        return rowAt(rows, key, at)?.values ?? null;
      },
      async tableLookupMany({ table, keys, at }) {
        const find = rowFinder(tables.find((each) => each.name === table)?.rows ?? []);
        return keys.map((key) => find(key, at)?.values ?? null);
      },
    },
  };
}
