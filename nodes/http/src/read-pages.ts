import type { JsonObject, JsonValue, RecordPage } from '@waybill/node-sdk';
import {
  anyPort,
  defineNode,
  minutes,
  nodeError,
  param,
  port,
  recordsHandle,
  recordsHandleSchema,
  seconds,
} from '@waybill/node-sdk';
import { capabilities, httpAccounts, request, requestParams } from './request.ts';

/** Names a list of any HTTP interface as a stream of records; its pages are read by the step that uses them. */
export const readPages = defineNode({
  ...httpAccounts,
  type: 'http.read-pages',
  version: 1,
  title: 'HTTP read page by page',
  description: 'Reads a list from any web interface page by page, for the steps of the Records group.',
  kind: 'connector',
  app: 'HTTP',
  icon: 'globe',
  synonyms: ['get', 'list', 'pagination', 'paging', 'cursor', 'all records', 'rest', 'api'],
  params: {
    ...requestParams,
    itemsAt: param.text({
      label: 'Where the list is',
      help: 'Names from the top of the answer, for example data.items. Empty: the answer is the list.',
      placeholder: 'data.items',
      optional: true,
    }),
    paging: param.choice({
      label: 'The next page',
      options: [
        { value: 'none', label: 'There is only one' },
        { value: 'header', label: 'Is named by the Link header' },
        { value: 'field', label: 'Is named by a field of the answer' },
        { value: 'number', label: 'Has the next number' },
        { value: 'offset', label: 'Begins after what was read' },
      ],
      default: 'header',
    }),
    nextAt: param.text({
      label: 'Field with the next page',
      help: 'Its address, or a cursor if a query field for it is given.',
      placeholder: 'paging.next',
      when: { param: 'paging', is: ['field'] },
      optional: true,
    }),
    cursorField: param.text({
      label: 'Query field',
      help: 'That the cursor, the number or the start goes into.',
      placeholder: 'page',
      when: { param: 'paging', is: ['field', 'number', 'offset'] },
      optional: true,
    }),
    firstNumber: param.integer({
      label: 'Number of the first page',
      min: 0,
      default: 1,
      when: { param: 'paging', is: ['number'] },
    }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { records: port(recordsHandleSchema, 'Records') },
  capabilities,
  traits: {
    effect: 'read',
    retry: { attempts: 4, firstDelayMs: seconds(1), maxDelayMs: minutes(1) },
    timeoutMs: minutes(1),
  },
  sample: { records: recordsHandle({ kind: 'list', items: [{ id: '1' }] }) },
  run({ params, stepKey, emit }) {
    const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
    return emit(
      'records',
      recordsHandle({
        kind: 'pages',
        origin: stepKey,
        nodeType: 'http.read-pages',
        nodeVersion: 1,
        params: given as JsonObject,
      }),
    );
  },
  async page(context): Promise<RecordPage> {
    const { params, cursor } = context;
    const answer = await request(context, 'get', { ...params, ...placeOf(params, cursor) });
    const items = at(answer.body as JsonValue, params.itemsAt);
    if (Array.isArray(items)) return { items, next: nextOf(params, cursor, answer, items.length) };
    throw nodeError('HTTP_LIST_MISSING', {
      what: params.itemsAt ? `The answer has no list at ${params.itemsAt}.` : 'The answer is no list.',
      fix: 'Correct where the list is; the data of an earlier run shows what the answer looks like.',
      owner: 'user',
      engine: 'stop',
    });
  },
});

interface Paging {
  readonly url: string;
  readonly query: JsonObject | undefined;
  readonly paging: 'none' | 'header' | 'field' | 'number' | 'offset';
  readonly nextAt: string | undefined;
  readonly cursorField: string | undefined;
  readonly firstNumber: number;
}

const isAddress = (cursor: JsonValue | null): cursor is string =>
  typeof cursor === 'string' && /^(https?:\/)?\//i.test(cursor);

/** Address and query of a page. */
function placeOf(params: Paging, cursor: JsonValue | null): { url: string; query: JsonObject | undefined } {
  const { url, query, paging, cursorField, firstNumber } = params;
  if (paging === 'number') return { url, query: { ...query, [cursorField ?? 'page']: cursor ?? firstNumber } };
  if (paging === 'offset') return { url, query: { ...query, [cursorField ?? 'offset']: cursor ?? 0 } };
  if (cursor === null) return { url, query };
  // A whole address carries its query with it.
  return isAddress(cursor) && !cursorField
    ? { url: cursor, query: {} }
    : { url, query: { ...query, [cursorField ?? 'cursor']: cursor } };
}

function nextOf(
  params: Paging,
  cursor: JsonValue | null,
  answer: { headers: Record<string, string>; body: unknown },
  count: number,
): JsonValue | null {
  switch (params.paging) {
    case 'none':
      return null;
    case 'header':
      return /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(answer.headers['link'] ?? '')?.[1] ?? null;
    case 'field': {
      const next = at(answer.body as JsonValue, params.nextAt ?? 'next');
      return typeof next === 'string' && next !== '' ? next : typeof next === 'number' ? next : null;
    }
    case 'number':
      return count === 0 ? null : Number(cursor ?? params.firstNumber) + 1;
    case 'offset':
      return count === 0 ? null : Number(cursor ?? 0) + count;
  }
}

function at(value: JsonValue | undefined, path: string | undefined): JsonValue | undefined {
  let found = value;
  for (const name of (path ?? '').split('.').filter((part) => part !== '')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = found[name];
  }
  return found;
}
