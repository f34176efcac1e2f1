import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../kernel/simulator.ts';
import { call } from '../kernel/test-client.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';

type Rows = Record<string, Record<string, unknown>>;
/** The parts of an answer that these tests look at. */
interface Envelope {
  count: number;
  meta: { page_size: number };
  results: { key: string; id: string }[];
  errors: { type: string; message: string; field?: string }[];
  workspaces: Rows;
  stories: Rows;
  workspace_groups: Rows;
  rate_cards: Rows;
  external_references: Rows;
  subscribed_events: Record<string, { event_type: string }>;
}

const dataDir = mkdtempSync(join(tmpdir(), 'kantata-'));
let simulators: Simulators;
let kantata: RunningSimulator;
let nowMs = Date.parse('2026-11-20T09:00:00Z');

beforeAll(async () => {
  simulators = await startSimulators({ dataDir, names: ['kantata'], ports: 'random', clock: () => nowMs });
  kantata = simulators.get('kantata');
});
afterAll(async () => {
  await simulators.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(() => {
  nowMs = Date.parse('2026-11-20T09:00:00Z');
  kantata.reset();
});

const api = (method: string, path: string, body?: unknown, headers = {}) =>
  call<Envelope>(method, `${kantata.info.baseUrl}/api/v1${path}`, body, {
    authorization: `Bearer ${kantata.info.credentials['token']}`,
    ...headers,
  });
const project = { workspace: { title: 'Acme rollout', creator_role: 'maven', currency: 'EUR', rate_card_id: '101' } };

describe('envelope', () => {
  it('keeps order in results and objects in maps by string id, side-loads included', async () => {
    const { body } = await api(
      'GET',
      '/workspaces.json?include=rate_card,stories,workspace_groups&order=updated_at:asc&per_page=1',
    );
    expect(body).toMatchObject({
      count: 2,
      meta: { count: 2, page_count: 2, page_number: 1, page_size: 1 },
      results: [{ key: 'workspaces', id: '77' }],
    });
    expect(body.workspaces['77']?.['story_ids']).toEqual(['770', '771', '772', '773']);
    expect(body.stories['770']?.['title']).toBe('Discovery');
    expect(body.workspace_groups['61']?.['name']).toBe('Altmark Maschinenbau AG');
    expect(body.rate_cards).toEqual({});
  });

  it('skips missing ids in only, but answers 404 for a missing row', async () => {
    expect((await api('GET', '/users?only=31,9999')).body.results).toEqual([{ key: 'users', id: '31' }]);
    expect(await api('GET', '/users/9999')).toMatchObject({ status: 404, body: { errors: [{ type: 'system' }] } });
  });

  it('lets offset win over page, caps pages at 200 and shows optional fields on request', async () => {
    expect((await api('GET', '/users?page=1&per_page=2&limit=2&offset=2')).body.results[0]?.id).toBe('33');
    expect((await api('GET', '/users?per_page=900')).body.meta.page_size).toBe(200);
    expect((await api('GET', '/workspaces/77')).body.workspaces['77']).not.toHaveProperty('external_reference');
    expect(
      (await api('GET', '/workspaces/77?optional_fields=external_reference')).body.workspaces['77'],
    ).toHaveProperty('external_reference');
  });
});

describe('writes', () => {
  it('duplicates a repeated POST: there is no upsert', async () => {
    const first = await api('POST', '/workspaces', project, { 'x-correlation-id': 'run-7' });
    const second = await api('POST', '/workspaces', project);
    expect(first.body.results[0]?.id).not.toBe(second.body.results[0]?.id);
    expect(kantata.audit({ object: 'workspaces' })).toHaveLength(2);
    expect(kantata.audit({ correlationId: 'run-7' })).toMatchObject([{ operation: 'create', method: 'POST' }]);
  });

  it('names every missing field in the account’s own words', async () => {
    const refused = await api('POST', '/workspaces', { workspace: { description: 'x' } });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toContainEqual({
      type: 'validation',
      message: 'Please give your project a title',
      field: 'title',
    });
    expect(
      (await api('POST', '/stories', { story: { title: 'T', story_type: 'task', workspace_id: '404' } })).body.errors[0]
        ?.field,
    ).toBe('workspace_id');
    expect(kantata.audit()).toEqual([]);
  });

  it('writes in bulk all or nothing, up to 100', async () => {
    const story = (title: string) => ({ title, story_type: 'task', workspace_id: '77' });
    expect((await api('POST', '/stories', { stories: [story('A'), story('B')] })).body.results).toHaveLength(2);
    expect((await api('POST', '/stories', { stories: [story('C'), story('')] })).status).toBe(422);
    expect((await api('POST', '/stories', { stories: Array.from({ length: 101 }, () => story('D')) })).status).toBe(
      400,
    );
    expect(kantata.audit({ object: 'stories' })).toHaveLength(2);
  });

  it('finds a project by its external reference', async () => {
    const reference = {
      subject_type: 'Workspace',
      subject_id: '77',
      service_name: 'crm',
      service_model: 'Opportunity',
      service_model_ref: '006A',
    };
    await api('POST', '/external_references', { external_reference: reference });
    const found = await api(
      'GET',
      '/workspaces?external_reference_service_name=crm&external_reference_service_model_refs=006A,006B&include=external_references',
    );
    expect(found.body.results).toEqual([{ key: 'workspaces', id: '77' }]);
    expect(Object.values(found.body.external_references)).toMatchObject([{ service_model_ref: '006A' }]);
    expect(kantata.audit({ externalKey: '006A' })).toHaveLength(1);
  });

  it('approves a timesheet with its entries', async () => {
    const made = await api('POST', '/timesheet_submissions', {
      timesheet_submission: { workspace_id: '77', user_id: '33', time_entry_ids: ['774'] },
    });
    const id = made.body.results[0]?.id;
    await api('PUT', `/timesheet_submissions/${id}/approve`);
    expect((await api('GET', '/time_entries?approved=true&workspace_id=77')).body.count).toBe(3);
  });
});

describe('change detection', () => {
  it('lists what changed after a moment', async () => {
    nowMs += 60_000;
    await api('PUT', '/workspaces/78', { workspace: { status_message: 'On hold' } });
    const changed = await api('GET', '/workspaces?updated_after=2026-11-20T09:00:30Z');
    expect(changed.body.results).toEqual([{ key: 'workspaces', id: '78' }]);
  });

  it('keeps events for nine days, deletions too, and may repeat one', async () => {
    await api('PUT', '/workspaces/78', { workspace: { status_message: 'On hold' } });
    await api('DELETE', '/time_entries/774');
    kantata.addFault({ match: { method: 'EVENT', path: 'workspace:updated' }, fault: 'duplicate' });
    const events = await api('GET', '/subscribed_events?event_types=workspace:updated,time_entry:deleted');
    expect(
      Object.values(events.body.subscribed_events)
        .map((event) => event.event_type)
        .toSorted(),
    ).toEqual(['time_entry:deleted', 'workspace:updated', 'workspace:updated']);
    nowMs += 9 * 24 * 3_600_000 + 1;
    expect((await api('GET', '/subscribed_events')).body.count).toBe(0);
  });
});

describe('access and limits', () => {
  it('wants a token and gives one for client credentials', async () => {
    expect((await api('GET', '/users', undefined, { authorization: 'Bearer nonsense' })).body.errors[0]?.type).toBe(
      'oauth',
    );
    const { clientId, clientSecret } = kantata.info.credentials;
    const token = await call<{ access_token: string }>(
      'POST',
      `${kantata.info.baseUrl}/oauth/token`,
      `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`,
      {
        'content-type': 'application/x-www-form-urlencoded',
      },
    );
    expect((await api('GET', '/users', undefined, { authorization: `Bearer ${token.body.access_token}` })).status).toBe(
      200,
    );
  });

  it('throttles without saying for how long', async () => {
    kantata.addFault({ match: { path: '/users' }, fault: 'throttle', times: 1 });
    const refused = await api('GET', '/users');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await api('GET', '/users')).status).toBe(200);
  });

  it('can lose the answer of a POST that took effect', async () => {
    expect((await api('POST', '/workspaces', project, { 'x-sim-fault': '5xx-after' })).status).toBe(503);
    expect(kantata.audit({ object: 'workspaces' })).toHaveLength(1);
  });
});
