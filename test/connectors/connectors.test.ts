import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePackage as kantataPackage } from '@waybill/node-kantata';
import { nodePackage as netsuitePackage } from '@waybill/node-netsuite';
import { nodePackage as salesforcePackage } from '@waybill/node-salesforce';
import type { Emitted, JsonObject, NodePackage } from '@waybill/node-sdk';
import type { Send, TestContextOptions } from '@waybill/node-sdk/contract';
import { pollNode, probeNode, runNode, undoNode } from '@waybill/node-sdk/contract';
import { nodePackage as slackPackage } from '@waybill/node-slack';
import { auditOf, type Simulators, startSimulators } from '@waybill/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Faults } from './live-send.ts';
import { liveSend } from './live-send.ts';

let simulators: Simulators;
const dataDir = mkdtempSync(join(tmpdir(), 'waybill-connectors-'));

beforeAll(async () => {
  simulators = await startSimulators({ dataDir, ports: 'random' });
});
afterAll(async () => {
  await simulators.stop();
  rmSync(dataDir, { recursive: true });
});

const addressFields = { salesforce: 'loginUrl', netsuite: 'restUrl', kantata: 'apiUrl', slack: 'apiUrl' } as const;

function sendTo(name: keyof typeof addressFields, from: NodePackage, faultOf?: Faults): Send {
  const { baseUrl, credentials } = simulators.get(name).info;
  const webhookUrl = baseUrl + (credentials['webhookPath'] ?? '');
  const values = { ...credentials, [addressFields[name]]: baseUrl, url: webhookUrl };
  return liveSend(from.credentials[0]!, values, faultOf);
}

const nodeOf = (from: NodePackage, type: string) => from.nodes.find((node) => node.type === type)!;

async function emitted(
  from: NodePackage,
  type: string,
  options: TestContextOptions,
): Promise<{ port: string; value: JsonObject }> {
  const { outcome } = await runNode(nodeOf(from, type), options);
  if (!('value' in outcome) || 'do' in outcome) throw new Error(`no value: ${JSON.stringify(outcome)}`);
  return { port: outcome.port, value: outcome.value as JsonObject };
}

describe('NetSuite', () => {
  const run = (type: string, params: JsonObject, more: TestContextOptions = {}) =>
    emitted(netsuitePackage, `netsuite.${type}`, { http: sendTo('netsuite', netsuitePackage), params, ...more });
  const audit = (externalKey: string) => auditOf(simulators, 'netsuite', { externalKey });
  let customerId = '';
  let projectId = '';

  it('keeps one customer however often it is upserted, and leaves the run in the audit trail', async () => {
    const params = { externalId: 'CRM-1', companyName: 'Live Customer', subsidiaryId: '1', currencyId: '1' };
    const first = await run('upsert-customer', params, { correlationId: 'deal-1' });
    const second = await run('upsert-customer', params);
    expect(second.value['id']).toBe(first.value['id']);
    expect(audit('CRM-1').map((row) => row.operation)).toEqual(['create', 'update']);
    expect(audit('CRM-1')[0]?.correlationId).toBe('deal-1');
    customerId = String(first.value['id']);
  });

  it('creates the project and its milestone schedule', async () => {
    const project = await run('create-project', {
      externalId: 'DEAL-1',
      companyName: 'Live project',
      customerId,
      startDate: '2026-12-01',
      billingType: 'FBM',
      price: 120_000,
    });
    projectId = String(project.value['id']);
    const schedule = { externalId: 'DEAL-1', name: 'Live milestones', scheduleType: 'FPM', projectId };
    const lines = [
      { comments: 'Design', milestoneAmount: 60_000 },
      { comments: 'Go-live', milestoneAmount: 60_000 },
    ];
    await run('create-billing-schedule', { ...schedule, lines });
    await run('create-billing-schedule', { ...schedule, lines });
    const read = await run('get-record', { recordType: 'billingSchedule', id: 'eid:DEAL-1' });
    expect(read.value).toMatchObject({
      name: 'Live milestones',
      project: { id: projectId },
      milestone: { items: { length: 2 } },
    });
  });

  it('creates once when the first answer is lost', async () => {
    const journal = {
      recordType: 'salesOrder',
      fields: { entity: { id: customerId }, item: { items: [{ item: { id: '301' }, quantity: 2, rate: 100 }] } },
    };
    const lost = sendTo('netsuite', netsuitePackage, ({ method }) => (method === 'POST' ? '5xx-after' : undefined));
    const once = { idempotencyKey: 'effect-77' };
    await expect(run('create-record', journal, { ...once, http: lost })).rejects.toMatchObject({
      details: { engine: 'retry' },
    });
    const again = await run('create-record', journal, { ...once, attempt: 2 });
    const probed = await probeNode(nodeOf(netsuitePackage, 'netsuite.create-record'), {
      ...once,
      params: journal,
      http: sendTo('netsuite', netsuitePackage),
    });
    expect(probed).toMatchObject({ port: 'done', value: again.value });
    const orders = await run('suiteql', {
      query: `SELECT id FROM transaction WHERE entity = ${customerId} ORDER BY id`,
    });
    expect(orders.value['total']).toBe(1);
    expect(again.value['created']).toBe(true);
    const invoice = await run('transform-record', { id: String(again.value['id']) }, { idempotencyKey: 'effect-78' });
    const billed = await run('get-record', { recordType: 'invoice', id: String(invoice.value['id']) });
    expect(billed.value).toMatchObject({ externalId: 'wb-effect-78', total: 200 });
  });

  it('takes back a record it created, once', async () => {
    const order = { entity: { id: customerId }, item: { items: [{ item: { id: '301' }, quantity: 1, rate: 10 }] } };
    const params = { recordType: 'salesOrder', fields: order };
    const made = await run('create-record', params, { idempotencyKey: 'effect-90' });
    const node = nodeOf(netsuitePackage, 'netsuite.create-record');
    const undo = { params, emitted: made, http: sendTo('netsuite', netsuitePackage) };
    await undoNode(node, undo);
    await undoNode(node, undo);
    const operations = auditOf(simulators, 'netsuite', { externalKey: 'wb-effect-90' }).map((row) => row.operation);
    expect(operations).toEqual(['create', 'delete']);
  });

  it('takes an upsert back: deletes what it created, puts back what it changed, refuses what changed since', async () => {
    const node = nodeOf(netsuitePackage, 'netsuite.upsert-customer');
    const http = sendTo('netsuite', netsuitePackage);
    const named = (companyName: string) => ({ externalId: 'CRM-UNDO', companyName, subsidiaryId: '1' });
    const read = () => run('get-record', { recordType: 'customer', id: 'eid:CRM-UNDO' });
    const first = await run('upsert-customer', named('First name'));
    const second = await run('upsert-customer', named('Second name'));
    const third = await run('upsert-customer', named('Third name'));
    const undo = (emitted: Emitted, companyName: string) =>
      undoNode(node, { params: named(companyName), emitted, http });
    await expect(undo(second, 'Second name')).rejects.toMatchObject({
      code: 'UNDO_CHANGED_SINCE',
      message: expect.stringContaining('companyName'),
    });
    await undo(third, 'Third name');
    expect((await read()).value['companyName']).toBe('Second name');
    await undo(third, 'Third name');
    await undo(second, 'Second name');
    expect((await read()).value['companyName']).toBe('First name');
    await undo(first, 'First name');
    expect((await read()).port).toBe('missing');
    const again = await undo(first, 'First name');
    expect(again.logs[0]?.message).toContain('gone, or as it was before');
    expect(audit('CRM-UNDO').map((row) => row.operation)).toEqual([
      ...['create', 'update', 'update', 'update', 'update', 'delete'],
    ]);
  });

  it('does not take a lost attempt for what was there before', async () => {
    const params = { externalId: 'CRM-LOST', companyName: 'Lost', subsidiaryId: '1' };
    const lost = sendTo('netsuite', netsuitePackage, ({ method }) => (method === 'PUT' ? '5xx-after' : undefined));
    await expect(run('upsert-customer', params, { http: lost })).rejects.toMatchObject({
      details: { engine: 'retry' },
    });
    const again = await run('upsert-customer', params, { attempt: 2 });
    expect(again.value['before']).toEqual({ was: 'unknown', why: 'repeated' });
    const undo = { params, emitted: again, http: sendTo('netsuite', netsuitePackage) };
    await expect(undoNode(nodeOf(netsuitePackage, 'netsuite.upsert-customer'), undo)).rejects.toMatchObject({
      code: 'UNDO_BEFORE_UNKNOWN',
    });
  });

  it('says what keeps NetSuite from deleting what a step created', async () => {
    const parent = { externalId: 'CRM-USED', companyName: 'Used', subsidiaryId: '1' };
    const customer = await run('upsert-customer', parent);
    await run('create-project', { externalId: 'DEAL-USED', companyName: 'P', customerId: customer.value['id']! });
    const undo = { params: parent, emitted: customer, http: sendTo('netsuite', netsuitePackage) };
    await expect(undoNode(nodeOf(netsuitePackage, 'netsuite.upsert-customer'), undo)).rejects.toMatchObject({
      code: 'NETSUITE_REFUSED',
      message: expect.stringContaining('dependent records'),
    });
  });

  it('names the field NetSuite refuses', async () => {
    const refused = run('upsert-customer', { externalId: 'CRM-2', companyName: 'X', subsidiaryId: '99' });
    await expect(refused).rejects.toMatchObject({
      code: 'NETSUITE_REFUSED',
      message: expect.stringContaining('subsidiary'),
    });
  });

  it.each(['throttle', '5xx-before', 'html', 'truncate'])(
    'wants to be repeated after the fault "%s"',
    async (fault) => {
      const http = sendTo('netsuite', netsuitePackage, () => fault);
      await expect(run('get-record', { recordType: 'customer', id: customerId }, { http })).rejects.toMatchObject({
        details: { engine: 'retry' },
      });
    },
  );
});

describe('Kantata OX', () => {
  const run = (type: string, params: JsonObject, more: TestContextOptions = {}) =>
    emitted(kantataPackage, `kantata.${type}`, {
      http: sendTo('kantata', kantataPackage),
      params,
      now: Date.now(),
      ...more,
    });
  const created = (object: string) =>
    auditOf(simulators, 'kantata', { object }).filter((row) => row.operation === 'create');
  const project = {
    projectTitle: 'Live rollout',
    ref: '006-live',
    currency: 'EUR',
    startDate: '2026-12-01',
    dueDate: '2027-03-31',
  };
  let projectId = '';

  it('creates a project once although the answer to its creation was lost', async () => {
    const lost = sendTo('kantata', kantataPackage, ({ method, url }) =>
      method === 'POST' && url.includes('/workspaces') ? '5xx-after' : undefined,
    );
    await expect(run('create-project', project, { http: lost })).rejects.toMatchObject({
      details: { engine: 'retry' },
    });
    const again = await run('create-project', project, { attempt: 2 });
    expect(again.value['created']).toBe(true);
    const third = await run('create-project', project);
    expect(third.value).toEqual({ ...again.value, created: false });
    expect(created('workspaces')).toHaveLength(1);
    projectId = String(again.value['id']);
  });

  it('takes back a project it created, once, and can create it anew', async () => {
    const params = { ...project, ref: '006-undone' };
    const node = nodeOf(kantataPackage, 'kantata.create-project');
    const undo = async (emitted: Emitted) =>
      undoNode(node, { params, emitted, http: sendTo('kantata', kantataPackage), now: Date.now() });
    const removed = () =>
      auditOf(simulators, 'kantata', { object: 'workspaces' }).filter((row) => row.operation === 'delete');
    const made = await run('create-project', params);
    const found = await run('create-project', params);
    await undo(found);
    expect(removed()).toHaveLength(0);
    await undo(made);
    await undo(made);
    expect(removed()).toHaveLength(1);
    expect((await run('create-project', params)).value).toMatchObject({ created: true });
  });

  it('puts the fields of a row back, unless somebody changed them since', async () => {
    const http = sendTo('kantata', kantataPackage);
    const node = nodeOf(kantataPackage, 'kantata.update');
    const titled = (title: string) => ({ resource: 'workspaces', id: projectId, fields: { title } });
    const first = await run('update', titled('First'));
    const second = await run('update', titled('Second'));
    await expect(undoNode(node, { params: titled('First'), emitted: first, http })).rejects.toMatchObject({
      code: 'UNDO_CHANGED_SINCE',
    });
    await undoNode(node, { params: titled('Second'), emitted: second, http });
    await undoNode(node, { params: titled('First'), emitted: first, http });
    const { value } = await run('get', { resource: 'workspaces', id: projectId });
    expect(value['title']).toBe(project.projectTitle);
  });

  it('creates no task twice when the answer to the references is lost', async () => {
    const tasks = Array.from({ length: 130 }, (_, index) => ({
      ref: `line-${index}`,
      title: `Task ${index}`,
      billable: true,
    }));
    const params = { projectId, tasks };
    const lost = sendTo('kantata', kantataPackage, ({ method, url }) =>
      method === 'POST' && url.includes('/external_references') ? '5xx-before' : undefined,
    );
    await expect(run('create-tasks', params, { http: lost })).rejects.toMatchObject({ details: { engine: 'retry' } });
    expect(created('stories')).toHaveLength(100);
    const probe = nodeOf(kantataPackage, 'kantata.create-tasks');
    const http = sendTo('kantata', kantataPackage);
    expect(await probeNode(probe, { params, http, now: Date.now() })).toBeNull();
    const done = await run('create-tasks', params);
    expect(done.value).toMatchObject({ created: 30, tasks: { length: 130 } });
    expect(created('stories')).toHaveLength(130);
    expect(await probeNode(probe, { params, http, now: Date.now() })).toMatchObject({ port: 'done' });
  });

  it('attaches a rate card, finds the project by the deal and lists its tasks', async () => {
    await run('set-rate-card', { projectId, rateCardId: '102' });
    const found = await run('find-by-reference', { ref: '006-live' });
    expect(found).toMatchObject({ port: 'found', value: { id: projectId, rate_card_id: '102' } });
    const listed = await run('list', { resource: 'stories', filters: { workspace_id: projectId } });
    expect(listed.value).toMatchObject({ total: 130, truncated: false, rows: { length: 130 } });
  });

  it('names the field Kantata refuses', async () => {
    const refused = run('update', { resource: 'workspaces', id: projectId, fields: { rate_card_id: '99999' } });
    await expect(refused).rejects.toMatchObject({
      code: 'KANTATA_VALIDATION',
      message: expect.stringContaining('rate_card_id'),
    });
  });
});

describe('Salesforce', () => {
  const run = (type: string, params: JsonObject, more: TestContextOptions = {}) =>
    emitted(salesforcePackage, `salesforce.${type}`, {
      http: sendTo('salesforce', salesforcePackage),
      params,
      ...more,
    });
  let dealId = '';

  it('reads a won deal with account and lines', async () => {
    const soql = 'SELECT Id FROM Opportunity WHERE IsWon = true LIMIT 1';
    const { value } = await run('query', { soql });
    dealId = String((value['records'] as JsonObject[])[0]?.['Id']);
    const deal = await run('get-opportunity', {
      id: dealId,
      fields: 'CurrencyIsoCode, Contract_Type__c',
      accountFields: 'ERP_Id__c',
    });
    expect(deal).toMatchObject({
      port: 'found',
      value: { Id: dealId, IsWon: true, Account: { Name: expect.any(String) } },
    });
    expect((deal.value['lineItems'] as JsonObject[]).length).toBeGreaterThan(0);
  });

  it('reads every row of a query', async () => {
    const { value } = await run('query', { soql: 'SELECT Id, Name FROM Opportunity ORDER BY Id' });
    expect((value['records'] as JsonObject[]).length).toBe(value['total']);
  });

  it('upserts by external id, alone and in bulk', async () => {
    const account = {
      object: 'Account',
      externalIdField: 'ERP_Id__c',
      externalId: 'ERP-LIVE',
      fields: { Name: 'Live account' },
    };
    const first = await run('upsert-record', account);
    const second = await run('upsert-record', account);
    expect([first.value['created'], second.value['created']]).toEqual([true, false]);
    expect(second.value['id']).toBe(first.value['id']);
    const many = await run('upsert-records', {
      object: 'Account',
      externalIdField: 'ERP_Id__c',
      records: [{ ERP_Id__c: 'ERP-LIVE', Name: 'Again' }, { ERP_Id__c: 'ERP-NEW' }],
    });
    expect(many).toMatchObject({ port: 'partial', value: { failed: 1 } });
  });

  it('creates, updates, reads and deletes', async () => {
    const { value } = await run('create-record', { object: 'Contact', fields: { LastName: 'Reyes' } });
    const target = { object: 'Contact', id: String(value['id']) };
    await run('update-record', { ...target, fields: { FirstName: 'Dana' } });
    expect(await run('get-record', { ...target, fields: 'FirstName' })).toMatchObject({
      port: 'found',
      value: { FirstName: 'Dana' },
    });
    expect(await run('delete-record', target)).toMatchObject({ value: { wasThere: true } });
    expect(await run('delete-record', target)).toMatchObject({ value: { wasThere: false } });
    expect(await run('get-record', target)).toMatchObject({ port: 'missing' });
  });

  it('takes creations and changes back', async () => {
    const http = sendTo('salesforce', salesforcePackage);
    const contact = { object: 'Contact', fields: { LastName: 'Undo' } };
    const made = await run('create-record', contact);
    const target = { object: 'Contact', id: String(made.value['id']) };
    const change = { ...target, fields: { LastName: 'Changed', Email: 'undo@example.com' } };
    const changed = await run('update-record', change);
    const creation = { params: contact, emitted: made, http };
    const node = (type: string) => nodeOf(salesforcePackage, `salesforce.${type}`);
    await expect(undoNode(node('create-record'), creation)).rejects.toMatchObject({ code: 'UNDO_CHANGED_SINCE' });
    await undoNode(node('update-record'), { params: change, emitted: changed, http });
    expect(await run('get-record', { ...target, fields: 'LastName,Email' })).toMatchObject({
      value: { LastName: 'Undo', Email: null },
    });
    await undoNode(node('create-record'), creation);
    expect(await run('get-record', target)).toMatchObject({ port: 'missing' });
    await undoNode(node('create-record'), creation);
    await undoNode(node('update-record'), { params: change, emitted: changed, http });
  });

  it('takes an upsert back as it found the record', async () => {
    const http = sendTo('salesforce', salesforcePackage);
    const key = { object: 'Account', externalIdField: 'ERP_Id__c', externalId: 'ERP-UNDO' };
    const node = nodeOf(salesforcePackage, 'salesforce.upsert-record');
    const [one, two] = [
      { ...key, fields: { Name: 'One' } },
      { ...key, fields: { Name: 'Two' } },
    ];
    const [first, second] = [await run('upsert-record', one), await run('upsert-record', two)];
    const target = { object: 'Account', id: String(first.value['id']) };
    await undoNode(node, { params: two, emitted: second, http });
    expect(await run('get-record', { ...target, fields: 'Name' })).toMatchObject({ value: { Name: 'One' } });
    await undoNode(node, { params: one, emitted: first, http });
    expect(await run('get-record', target)).toMatchObject({ port: 'missing' });
  });

  it('polls for what changed and does not lose the row at the edge', async () => {
    const poll = (watermark: JsonObject | null) =>
      pollNode(nodeOf(salesforcePackage, 'salesforce.record-changed'), {
        params: { object: 'Opportunity' },
        watermark,
        now: Date.now(),
        http: sendTo('salesforce', salesforcePackage),
      });
    const start = await poll(null);
    await run('update-record', { object: 'Opportunity', id: dealId, fields: { Project_Code__c: 'P-LIVE' } });
    const next = await poll(start.watermark as JsonObject);
    const again = await poll(next.watermark as JsonObject);
    const changed = next.events.find((event) => event.id.startsWith(dealId));
    expect(changed).toBeDefined();
    expect(again.events.map((event) => event.id)).toContain(changed?.id);
  });

  it.each([
    ['throttle', 'SALESFORCE_LIMIT_REACHED'],
    ['5xx-before', 'SALESFORCE_UNAVAILABLE'],
    ['html', 'REPLY_NOT_JSON'],
  ])('reads the fault "%s" as %s', async (fault, code) => {
    const http = sendTo('salesforce', salesforcePackage, () => fault);
    await expect(run('get-record', { object: 'Opportunity', id: dealId }, { http })).rejects.toMatchObject({
      code,
      details: { engine: 'retry' },
    });
  });
});

describe('Slack', () => {
  const run = (type: string, params: JsonObject, more: TestContextOptions = {}) =>
    emitted(slackPackage, `slack.${type}`, { http: sendTo('slack', slackPackage), params, ...more });

  it('posts, then edits, and both can be traced', async () => {
    const posted = await run('post-message', { channel: '#delivery', text: 'Live' }, { correlationId: 'deal-1' });
    await run('update-message', { ...posted.value, text: 'Settled' }, { correlationId: 'deal-1' });
    expect(auditOf(simulators, 'slack', { externalKey: 'deal-1' })).toHaveLength(2);
  });

  it('deletes a message it posted, once', async () => {
    const params = { channel: '#delivery', text: 'Too early' };
    const posted = await run('post-message', params, { correlationId: 'deal-undo' });
    const undo = { params, emitted: posted, http: sendTo('slack', slackPackage) };
    await undoNode(nodeOf(slackPackage, 'slack.post-message'), undo);
    await undoNode(nodeOf(slackPackage, 'slack.post-message'), undo);
    const operations = auditOf(simulators, 'slack', { externalKey: 'deal-undo' }).map((row) => row.operation);
    expect(operations).toEqual(['post', 'delete']);
  });

  it('posts through an incoming webhook', async () => {
    const { baseUrl, credentials } = simulators.get('slack').info;
    const http = liveSend(slackPackage.credentials[1]!, { url: baseUrl + credentials['webhookPath'] });
    expect(await run('webhook-message', { text: 'Live' }, { http })).toMatchObject({ port: 'done' });
  });

  it('sees through a refusal at status 200', async () => {
    await expect(run('post-message', { channel: 'nowhere', text: 'x' })).rejects.toMatchObject({
      code: 'SLACK_CHANNEL',
    });
  });
});
