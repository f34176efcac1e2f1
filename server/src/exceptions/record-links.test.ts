import type { Flow, NodeCatalog, NodeManifest } from '@waybill/flow-model';
import { emptyFlow, flowIdSchema } from '@waybill/flow-model';
import { defineCredential } from '@waybill/node-sdk';
import type { ConnectionRecord } from '@waybill/store';
import { expect, it } from 'vitest';
import { recordLinks, recordOf, recordUrl } from './record-links.ts';

const erp = defineCredential({
  type: 'erp',
  title: 'ERP',
  icon: 'landmark',
  fields: {
    appUrl: { kind: 'url', label: 'Address', optional: true },
    region: { kind: 'text', label: 'Region', default: 'eu' },
  },
  baseUrl: '{appUrl}',
  auth: { scheme: 'none' },
  test: null,
  recordUrls: { customer: '{appUrl}/{region}/customers/{id}', '*': '{appUrl}/{kind}?id={id}' },
});

it('says where a record is opened, by its kind, and gives no link where something is not known', () => {
  const fields = { appUrl: 'https://erp.example/' };
  expect(recordUrl(erp, fields, { kind: 'customer', id: '107' })).toBe('https://erp.example/eu/customers/107');
  expect(recordUrl(erp, fields, { kind: 'job', id: 'a b' })).toBe('https://erp.example/job?id=a%20b');
  expect(recordUrl(erp, {}, { kind: 'job', id: '1' })).toBeNull();
  expect(recordUrl(erp, { appUrl: 'javascript:alert(1)//' }, { kind: 'job', id: '1' })).toBeNull();
  expect(recordUrl({ ...erp, recordUrls: { customer: '{appUrl}' } }, fields, { kind: 'job', id: '1' })).toBeNull();
});

it('finds kind and id in the fields of the step or in what started the run', () => {
  expect(recordOf({ kind: '{object}', id: 'params.id' }, { object: 'Account', id: '001' }, null)).toEqual({
    kind: 'Account',
    id: '001',
  });
  expect(recordOf({ kind: 'Deal', id: 'trigger.body.recordId' }, {}, { body: { recordId: 6 } })?.id).toBe('6');
  expect(recordOf({ kind: 'Deal', id: 'trigger.body.recordId' }, {}, { body: null })).toBeNull();
  expect(recordOf({ kind: '{object}', id: 'params.id' }, { id: '001' }, null)).toBeNull();
  expect(recordOf({ kind: 'job', id: 'params.id' }, { id: 'eid:deal 1' }, null)).toBeNull();
});

it('links to where the problem came from and to what it was about to change', async () => {
  const aManifest = (record: NodeManifest['record'], app = 'ERP') =>
    ({
      app,
      params: { object: { kind: 'text', label: 'Object', default: 'deal' } },
      record,
    }) as unknown as NodeManifest;
  const catalog: NodeCatalog = new Map([
    ['told@1', aManifest({ kind: '{object}', id: 'trigger.id' })],
    ['write@1', aManifest({ kind: 'customer', id: 'params.customerId' })],
  ]);
  const flow: Flow = { ...emptyFlow(flowIdSchema.parse('f'), 'F') };
  flow.nodes = {
    start: { type: 'told', version: 1, params: {} },
    write: { type: 'write', version: 1, params: {}, connections: { account: 'erp' } },
  } as never;
  const connection = { type: 'erp', fields: { appUrl: 'https://erp.example' } } as unknown as ConnectionRecord;
  const failed = { nodeId: 'write', params: { customerId: '107' } };
  const scope = { flow, catalog, triggerNode: 'start', trigger: { id: 'D-1' }, failed };
  const types = new Map([['erp', erp]]);
  expect(await recordLinks(scope, types, async () => connection)).toEqual([
    { label: 'deal in ERP', url: 'https://erp.example/deal?id=D-1' },
    { label: 'customer in ERP', url: 'https://erp.example/eu/customers/107' },
  ]);
  expect(await recordLinks(scope, types, async () => null)).toEqual([]);
});
