import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { respond } from './respond.ts';

nodeContract(respond, {
  fixtures: [
    { name: 'answers with its input', input: { in: { ok: true } }, expect: { do: 'respond' } },
    { name: 'answers with a body', params: { status: 201, body: { id: '1' } }, expect: { do: 'respond' } },
  ],
});

it('sends text headers and leaves out empty ones', async () => {
  const { outcome } = await runNode(respond, {
    params: { headers: { 'X-Count': 3, 'X-None': null, Link: 'a' } },
    input: { in: 1 },
  });
  expect(outcome).toEqual({
    do: 'respond',
    status: 200,
    headers: { 'x-count': '3', link: 'a' },
    body: 1,
    port: 'done',
    value: 1,
  });
});
