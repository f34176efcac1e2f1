import { createHmac, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'jsforce';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../kernel/simulator.ts';
import { call } from '../kernel/test-client.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'salesforce-'));
let simulators: Simulators;
let salesforce: RunningSimulator;
let conn: Connection;

beforeAll(async () => {
  simulators = await startSimulators({ dataDir, names: ['salesforce'], ports: 'random' });
  salesforce = simulators.get('salesforce');
});
afterAll(async () => {
  await simulators.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(async () => {
  salesforce.reset();
  conn = await connected();
});

async function connected(): Promise<Connection> {
  const { clientId, clientSecret } = salesforce.info.credentials as Record<string, string>;
  const connection = new Connection({
    loginUrl: salesforce.info.baseUrl,
    oauth2: { clientId: clientId!, clientSecret: clientSecret!, loginUrl: salesforce.info.baseUrl },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

describe('the unmodified jsforce client', () => {
  it('reads deals with parent fields, child rows, dates and lists', async () => {
    const found = await conn.query(
      "SELECT Id, Name, Account.Name, Account.ERP_Id__c, (SELECT ProductCode, Quantity, TotalPrice FROM OpportunityLineItems ORDER BY SortOrder) FROM Opportunity WHERE (StageName = 'Closed Won' OR IsWon = true) AND CloseDate >= 2026-09-01 AND NOT Contract_Type__c IN ('Retainer') AND Account.Name LIKE 'Kes%' ORDER BY CloseDate DESC NULLS LAST LIMIT 5",
    );
    expect(found.totalSize).toBe(1);
    expect(found.records[0]).toMatchObject({
      Name: 'Kestrel: claims data platform',
      Account: { Name: 'Kestrel Insurance plc', ERP_Id__c: 'C-2004' },
      OpportunityLineItems: {
        totalSize: 3,
        records: [{ ProductCode: 'MS-DESIGN' }, { ProductCode: 'MS-GOLIVE' }, { ProductCode: 'MS-CLOSE' }],
      },
    });
    expect(await conn.sobject('Opportunity').count({ Legal_Entity__c: null })).toBe(2);
  });

  it('pages with queryMore until done', async () => {
    const rows = (start: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ Name: `Bulk ${start + index}` }));
    await conn.sobject('Account').create(rows(0, 200));
    await conn.sobject('Account').create(rows(200, 100));
    const first = await conn.query("SELECT Name FROM Account WHERE Name LIKE 'Bulk %'", {
      headers: { 'Sforce-Query-Options': 'batchSize=200' },
    });
    expect([first.totalSize, first.done, first.records.length]).toEqual([300, false, 200]);
    const second = await conn.queryMore(first.nextRecordsUrl!);
    expect([second.done, second.records.length]).toEqual([true, 100]);
  });

  it('upserts by external id: created, then updated, then several matches', async () => {
    const first = await conn.sobject('Account').upsert({ Name: 'Acme', ERP_Id__c: 'E-1' }, 'ERP_Id__c');
    const second = await conn.sobject('Account').upsert({ Name: 'Acme AG', ERP_Id__c: 'E-1' }, 'ERP_Id__c');
    expect([(first as { created?: boolean }).created, second.id]).toEqual([true, first.id]);
    expect(salesforce.audit({ externalKey: 'E-1' }).map((row) => row.operation)).toEqual(['create', 'update']);
    await conn.sobject('Account').create({ Name: 'Twin', ERP_Id__c: 'E-1' });
    await expect(
      conn.sobject('Account').upsert({ Name: 'Which', ERP_Id__c: 'E-1' }, 'ERP_Id__c'),
    ).rejects.toMatchObject({ name: 'MULTIPLE_CHOICES' });
  });

  it('writes collections row by row, or all or none', async () => {
    const rows = [{ Name: 'Good' }, { Name: 'Bad', Industry: 'x'.repeat(41) }];
    const mixed = await conn.sobject('Account').create(rows);
    expect(mixed.map((row) => row.success)).toEqual([true, false]);
    await conn.sobject('Account').create(rows, { allOrNone: true });
    expect(salesforce.audit({ object: 'Account' })).toHaveLength(1);
    const upserted = await conn.sobject('Account').upsert(
      [
        { ERP_Id__c: 'E-2', Name: 'Two' },
        { ERP_Id__c: 'C-2001', Phone: '1' },
      ],
      'ERP_Id__c',
    );
    expect(upserted.map((row) => (row as { created?: boolean }).created)).toEqual([true, false]);
  });

  it('refers to earlier subrequests in a composite call and rolls all back on request', async () => {
    const subrequests = (lastStage: string) => ({
      allOrNone: true,
      compositeRequest: [
        {
          method: 'POST',
          url: '/services/data/v60.0/sobjects/Account',
          referenceId: 'client',
          body: { Name: 'Composite' },
        },
        {
          method: 'POST',
          url: '/services/data/v60.0/sobjects/Opportunity',
          referenceId: 'deal',
          body: { Name: 'D', AccountId: '@{client.id}', StageName: lastStage, CloseDate: '2026-12-01' },
        },
        {
          method: 'GET',
          url: "/services/data/v60.0/query?q=SELECT+Account.Name+FROM+Opportunity+WHERE+Id='@{deal.id}'",
          referenceId: 'check',
        },
      ],
    });
    const good = await conn.requestPost<{
      compositeResponse: { httpStatusCode: number; body: { records: object[] } }[];
    }>('/composite', subrequests('Qualification'));
    expect(good.compositeResponse.map((one) => one.httpStatusCode)).toEqual([201, 201, 200]);
    expect(good.compositeResponse[2]?.body.records[0]).toMatchObject({ Account: { Name: 'Composite' } });
    const bad = await conn.requestPost<{ compositeResponse: { httpStatusCode: number }[] }>(
      '/composite',
      subrequests('Nowhere'),
    );
    expect(bad.compositeResponse.map((one) => one.httpStatusCode)).toEqual([400, 400, 400]);
    expect(await conn.sobject('Account').count({ Name: 'Composite' })).toBe(1);
  });

  it('describes objects and keeps its own fields up to date', async () => {
    const described = await conn.sobject('Opportunity').describe();
    const field = described.fields.find(({ name }) => name === 'Contract_Type__c');
    expect(field?.picklistValues?.map(({ value }) => value)).toEqual([
      'Fixed fee',
      'Time and materials',
      'Retainer',
      'Milestone',
    ]);
    expect((await conn.describeGlobal()).sobjects.map(({ name }) => name)).toContain('PricebookEntry');
    const [deal] = (
      await conn.query<{ Id: string }>("SELECT Id FROM Opportunity WHERE Name = 'Altmark: ERP finance rollout'")
    ).records;
    await conn.sobject('Opportunity').update({ Id: deal!.Id, StageName: 'Closed Won' });
    expect(await conn.sobject('Opportunity').retrieve(deal!.Id)).toMatchObject({
      IsWon: true,
      IsClosed: true,
      Probability: 100,
      HasOpportunityLineItem: true,
    });
  });

  it('lists what was updated and deleted between two moments', async () => {
    const created = await conn.sobject('Contact').create({ LastName: 'Short' });
    await conn.sobject('Contact').delete(String(created.id));
    const [start, end] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 60_000)];
    expect((await conn.sobject('Contact').deleted(start, end)).deletedRecords.map(({ id }) => id)).toEqual([
      created.id,
    ]);
    expect((await conn.sobject('Opportunity').updated(start, end)).ids).toHaveLength(24);
    expect((await conn.query('SELECT Id FROM Contact WHERE IsDeleted = true', { scanAll: true })).totalSize).toBe(1);
  });

  it('reads its usage from the limit header', async () => {
    await conn.query('SELECT COUNT() FROM Account');
    expect(conn.limitInfo.apiUsage).toEqual({ used: 1, limit: 100_000 });
  });
});

describe('sessions', () => {
  it('logs in by SOAP and refreshes an expired session once by itself', async () => {
    const { username, password } = salesforce.info.credentials as Record<string, string>;
    const soap = new Connection({ loginUrl: salesforce.info.baseUrl });
    await soap.login(username!, password!);
    expect((await soap.query('SELECT Id FROM User LIMIT 1')).totalSize).toBe(1);
    await expect(new Connection({ loginUrl: salesforce.info.baseUrl }).login(username!, 'wrong')).rejects.toThrow(
      /INVALID_LOGIN/,
    );

    let refreshes = 0;
    const refreshing = new Connection({
      instanceUrl: salesforce.info.baseUrl,
      accessToken: conn.accessToken!,
      refreshFn: async (_connection, done) => {
        refreshes += 1;
        done(null, (await connected()).accessToken!);
      },
    });
    await call('POST', `${salesforce.info.baseUrl}/__sim/tokens/expire`);
    expect((await refreshing.query('SELECT Id FROM Account')).totalSize).toBe(12);
    expect(refreshes).toBe(1);
  });

  it('takes a signed assertion and words its refusals', async () => {
    const { clientId, username, privateKey } = salesforce.info.credentials as Record<string, string>;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = (sub: string, lifeSec: number) => {
      const unsigned = `${part({ alg: 'RS256' })}.${part({ iss: clientId, sub, aud: 'https://login.salesforce.com', exp: Math.floor(Date.now() / 1000) + lifeSec })}`;
      const assertion = `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey!).toString('base64url')}`;
      return call(
        'POST',
        `${salesforce.info.baseUrl}/services/oauth2/token`,
        new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
        {
          'content-type': 'application/x-www-form-urlencoded',
        },
      );
    };
    const good = await token(username!, 180);
    expect(good.body).toMatchObject({ instance_url: salesforce.info.baseUrl, token_type: 'Bearer' });
    expect(good.body).not.toHaveProperty('expires_in');
    expect(await token('someone@else.example', 180)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: "user hasn't approved this consumer" },
    });
    expect((await token(username!, 3600)).status).toBe(400);
  });
});

describe('refusals', () => {
  it('turn away an upsert that repeats its key in the body', async () => {
    const patch = conn.request({
      method: 'PATCH',
      url: '/services/data/v60.0/sobjects/Account/ERP_Id__c/E-9',
      body: JSON.stringify({ ERP_Id__c: 'E-9', Name: 'N' }),
    });
    await expect(patch).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
  });

  it('are arrays with a code and the fields at fault', async () => {
    const accounts = () => conn.sobject('Account');
    const refusals: [() => PromiseLike<unknown>, string][] = [
      [() => accounts().create({ Industry: 'None' }), 'REQUIRED_FIELD_MISSING'],
      [() => accounts().create({ Name: 'X', Nope__c: 1 }), 'INVALID_FIELD'],
      [() => accounts().create({ Name: 'X', Legal_Entity__c: 'Elsewhere' }), 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
      [
        () => conn.sobject('Contact').create({ LastName: 'X', AccountId: '0018d0000009999AAA' }),
        'INVALID_CROSS_REFERENCE_KEY',
      ],
      [() => accounts().retrieve('0018d0000009999AAA'), 'NOT_FOUND'],
      [() => conn.query('SELECT Nope FROM Account'), 'INVALID_FIELD'],
      [() => conn.query('SELECT Id FROM Nothing'), 'INVALID_TYPE'],
      [() => conn.query('SELECT Id FROM Account GROUP BY Name'), 'MALFORMED_QUERY'],
      [() => conn.query('SELECT Id FROM Account WHERE'), 'MALFORMED_QUERY'],
    ];
    for (const [refused, code] of refusals)
      await expect((async () => refused())()).rejects.toMatchObject({ errorCode: code });
    expect(salesforce.audit()).toEqual([]);
  });

  it('come with the vendor’s own status when the day’s calls are used up', async () => {
    salesforce.addFault({ match: { path: '/query' }, fault: 'throttle', times: 1 });
    await expect(conn.query('SELECT Id FROM Account')).rejects.toMatchObject({ errorCode: 'REQUEST_LIMIT_EXCEEDED' });
    expect((await conn.query('SELECT Id FROM Account')).totalSize).toBe(12);
  });
});

it('signs what it pushes: the whole record, until the receiver has taken it', async () => {
  const received: { headers: Record<string, string | string[] | undefined>; raw: string }[] = [];
  const receiver = await listening((headers, raw) => {
    received.push({ headers, raw });
    return received.length === 1 ? 503 : 202;
  });
  await call('POST', `${salesforce.info.baseUrl}/__sim/webhooks`, {
    url: receiver.url,
    events: ['Opportunity.updated'],
    secret: 's3cret',
  });
  const [deal] = (
    await conn.query<{ Id: string }>("SELECT Id FROM Opportunity WHERE Name = 'Altmark: ERP finance rollout'")
  ).records;
  const page = await call('POST', `${salesforce.info.baseUrl}/deals/${deal!.Id}/won`);
  expect([page.status, page.headers.get('location')]).toEqual([303, `/deals/${deal!.Id}?notice=won`]);
  await expect.poll(() => received.length).toBe(2);
  const [refused, taken] = received;
  expect(taken?.raw).toBe(refused?.raw);
  expect(taken?.headers['x-sim-event-id']).toBe(refused?.headers['x-sim-event-id']);
  expect(taken?.headers['x-sim-signature']).toBe(
    `sha256=${createHmac('sha256', 's3cret').update(taken!.raw).digest('hex')}`,
  );
  const event = JSON.parse(taken!.raw);
  expect(event).toMatchObject({
    event: 'Opportunity.updated',
    recordId: deal!.Id,
    changeType: 'UPDATE',
    record: { StageName: 'Closed Won', Legal_Entity__c: 'DE01' },
  });
  expect(event.changedFields).toContain('StageName');
  await receiver.close();
});

async function listening(answer: (headers: Record<string, string | string[] | undefined>, raw: string) => number) {
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk) => {
      raw += chunk;
    });
    request.on('end', () => response.writeHead(answer(request.headers, raw)).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/hook`, close: () => new Promise((resolve) => server.close(resolve)) };
}
