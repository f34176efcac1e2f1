import type { PageFixture } from '@waybill/node-sdk/contract';
import { nodeContract } from '@waybill/node-sdk/contract';
import { readPages } from './read-pages.ts';

const url = 'https://api.example.com/orders';
const defaults = { auth: 'none', url, paging: 'header', firstNumber: 1 };
const page = (
  name: string,
  params: PageFixture['params'],
  cursor: PageFixture['cursor'],
  asked: string,
  reply: { json: unknown; headers?: Record<string, string> },
  expected: PageFixture['expect'],
): PageFixture => ({
  name,
  params: { ...defaults, ...params },
  cursor,
  exchanges: [{ request: `GET ${asked}`, reply: { status: 200, ...reply } }],
  expect: expected,
});
const link = { link: `<${url}?page=1>; rel="prev", <${url}?page=3>; rel="next"` };

nodeContract(readPages, {
  fixtures: [{ name: 'names the list', params: { url }, expect: { port: 'records' } }],
  pages: [
    page(
      'a Link header',
      {},
      null,
      url,
      { json: [{ id: 1 }], headers: link },
      { items: [{ id: 1 }], next: `${url}?page=3` },
    ),
    page('the last by Link header', {}, `${url}?page=3`, `${url}?page=3`, { json: [] }, { items: [], next: null }),
    page(
      'a cursor in the answer',
      { paging: 'field', nextAt: 'paging.after', cursorField: 'after', itemsAt: 'data' },
      'c1',
      `${url}?after=c1`,
      { json: { data: [{ id: 2 }], paging: { after: 'c2' } } },
      { items: [{ id: 2 }], next: 'c2' },
    ),
    page(
      'numbers',
      { paging: 'number' },
      null,
      `${url}?page=1`,
      { json: [{ id: 1 }] },
      { items: [{ id: 1 }], next: 2 },
    ),
    page('the last number', { paging: 'number' }, 2, `${url}?page=2`, { json: [] }, { items: [], next: null }),
    page(
      'an offset',
      { paging: 'offset', cursorField: 'skip' },
      10,
      `${url}?skip=10`,
      { json: [{ id: 1 }, { id: 2 }] },
      { items: [{ id: 1 }, { id: 2 }], next: 12 },
    ),
  ],
});
