import { routes } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Chance, type JsonSchema, oddText, seeded, shapedValue } from './shaped-values.ts';
import { type Caller, flowOf, publish, startTestServer, type TestServer } from './test-server.ts';

const roundsPerRoute = Number(process.env['WAYBILL_TEST_REQUESTS'] ?? 12);

let test: TestServer;
let byKey: Caller;
let byPerson: Caller;
const known: Record<string, string[]> = {};

beforeAll(async () => {
  test = await startTestServer();
  byKey = await test.as('admin', 'engineer', 'operator', 'analyst');
  const person = await test.person({ roles: ['admin', 'engineer', 'operator', 'analyst'] });
  byPerson = person.call;
  const flow = flowOf(
    'hooked',
    {
      start: { type: 'core.manual' },
      ask: { type: 'core.approval', params: { title: 'May it?', users: [person.id] } },
      tell: { type: 'core.raise-event', params: { event: 'told', key: 'K-1', payload: {} } },
    },
    ['start.submitted>tell.in', 'start.submitted>ask.in'],
  );
  await publish(byKey, flow);
  const run = await byKey<{ runId: string }>('POST', '/api/v1/flows/hooked/run', {
    body: { of: 'published', input: { project: 'P-1' } },
  });
  const made = await byKey<{ id: string }>('POST', '/api/v1/connections', {
    body: { name: 'Target', type: 'http-none', fields: { baseUrl: 'https://example.com' } },
  });
  known['flowId'] = ['hooked'];
  known['runId'] = [run.json.runId];
  known['step'] = ['tell', 'ask', 'start'];
  known['id'] = known['connectionId'] = [made.json.id];
});
afterAll(() => test.stop());

const schemaOf = (type: z.ZodType | undefined): JsonSchema =>
  type ? (z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as JsonSchema) : {};

function addressOf(route: (typeof routes)[keyof typeof routes], query: JsonSchema, chance: Chance): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const ids = known[name];
    return encodeURIComponent((ids && chance(4) > 0 ? ids[0] : oddText(chance).toWellFormed()) || 'x');
  });
  const asked = Object.entries((shapedValue(query, chance, known) ?? {}) as Record<string, unknown>);
  const text = asked.map(([name, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value ?? '');
    return `${encodeURIComponent(name)}=${encodeURIComponent(shown.toWellFormed())}`;
  });
  return `/api/v1${path}${text.length > 0 ? `?${text.join('&')}` : ''}`;
}

it.each(Object.entries(routes))('answers whatever is sent to %s, and says what is wrong with it', async (id, route) => {
  const query = schemaOf('query' in route ? route.query : undefined);
  const body = schemaOf('body' in route ? route.body : undefined);
  for (let round = 0; round < roundsPerRoute; round += 1) {
    const chance = seeded([...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), round));
    const address = addressOf(route, query, chance);
    const sent = 'body' in route && chance(8) > 0 ? { body: shapedValue(body, chance, known) } : {};
    const caller = chance(2) === 0 ? byKey : byPerson;
    const reply = await caller<{ status?: number; code?: string }>(route.method, address, sent);
    const asked = `${route.method} ${address} ${JSON.stringify(sent)} gave ${reply.status} ${reply.text.slice(0, 300)}`;
    expect(reply.status, asked).toBeLessThan(500);
    if (reply.status >= 400)
      expect(reply.json, asked).toMatchObject({ status: reply.status, code: expect.any(String) });
  }
  expect((await test.anonymous('GET', '/healthz')).json).toEqual({ ok: true });
});
