import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toText } from '@waybill/flow-model';
import { auditOf, type Simulators, startSimulators } from '@waybill/simulators';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiWithLink } from '../../packages/cli/src/api-session.ts';
import { freePort, type PlatformProcess, startPlatformProcess } from '../support/platform-process.ts';
import { until } from '../support/until.ts';
import { uploadFlow } from '../support/upload.ts';

/** Three rows in ten have no name, which the CRM refuses. */
const rows = Array.from({ length: 30 }, (_, row): [string, string] => [`K-${row}`, row % 10 < 3 ? '' : `Firm ${row}`]);
const namedRows = rows.filter(([, name]) => name !== '');

const folder = mkdtempSync(join(tmpdir(), 'waybill-refused-kills-'));
let simulators: Simulators;
let platform: PlatformProcess;
let options: { dataDir: string; port: number };

beforeAll(async () => {
  options = { dataDir: join(folder, 'data'), port: await freePort() };
  simulators = await startSimulators({ dataDir: join(folder, 'systems'), names: ['salesforce'], ports: 'random' });
  platform = await startPlatformProcess(options);
});
afterAll(async () => {
  await platform.stop();
  await simulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('sends a refused record once, and none that the CRM took, although the process is killed while it is sent', async () => {
  let api = await apiWithLink(platform.signInLink);
  const { baseUrl, credentials } = simulators.get('salesforce').info;
  const { clientId = '', clientSecret = '' } = credentials;
  const fields = { loginUrl: baseUrl, clientId, clientSecret };
  const { id: connectionId } = await api('createConnection', {
    body: { name: 'CRM', type: 'salesforce', fields, allowPrivateAddresses: true },
  });
  await api('bindRole', { params: { role: 'crm' }, body: { connectionId } });
  const { summary } = await api('importFlow', { body: { files: { ...toText(uploadFlow('upload', rows, 10)) } } });
  const ofFlow = { params: { flowId: summary.id } };
  await api('publishFlow', { ...ofFlow, body: { revision: summary.revision, note: 'test' } });
  const { runId } = await api('runFlow', { ...ofFlow, body: { of: 'published', input: {} } });
  const steps = async () => (await api('getRun', { params: { runId } })).steps;
  const ended = () =>
    until('its end', async () => (await api('getRun', { params: { runId } })).run.status === 'succeeded');
  const ofStep = { params: { runId, step: 'each' } };
  const states = async () => (await api('getStepRecords', { ...ofStep, query: { limit: 1 } })).counts.states;
  const killWhileSending = async (step: string) => {
    await until(
      'the request is under way',
      async () => (await steps()).find((one) => one.step === step)?.status === 'running',
      {
        everyMs: 20,
      },
    );
    expect((await platform.kill()).signal).toBe('SIGKILL');
    simulators.get('salesforce').clearFaults();
    platform = await startPlatformProcess(options);
    api = await apiWithLink(platform.signInLink);
    await ended();
  };
  const slowly = () => simulators.get('salesforce').addFault({ match: { method: 'PATCH' }, fault: 'slow:20000' });

  await ended();
  expect(await states()).toMatchObject({ rejected: 9, written: 21 });
  const [refused] = (await api('getStepRecords', { ...ofStep, query: { state: 'rejected', text: 'K-12' } })).items;
  const only = { batch: refused?.batch ?? 0, place: refused?.place ?? -1 };

  slowly();
  const one = await api('previewRecordRetry', { ...ofStep, query: only });
  expect(one).toMatchObject({ count: 1, leftAlone: 29, record: { key: 'K-12' } });
  const edited = { id: 'K-12', name: 'Corrected' };
  await api('retryRecords', { ...ofStep, body: { asOf: one.asOf, only, edited, reason: 'It lacked its name.' } });
  await killWhileSending('each[3]/upsert');
  expect(await states()).toMatchObject({ rejected: 8, written: 22 });
  const made = auditOf(simulators, 'salesforce', { externalKey: 'K-12', operation: 'create' });
  expect(made.map(({ body }) => body)).toMatchObject([{ Name: 'Corrected' }]);

  slowly();
  const { asOf, count } = await api('previewRecordRetry', { ...ofStep, query: {} });
  expect(count).toBe(8);
  await api('retryRecords', { ...ofStep, body: { asOf, reason: 'Once more.' } });
  await killWhileSending('each[4]/upsert');
  expect(await states()).toMatchObject({ rejected: 8, written: 22, waiting: 0 });
  const still = await api('getStepRecords', { ...ofStep, query: { state: 'rejected', limit: 50 } });
  expect(still.items.map(({ batch, sentBefore }) => [batch, sentBefore])).toEqual(
    Array.from({ length: 8 }, () => [5, 1]),
  );

  // What the CRM took with the first batches was never touched again.
  expect(namedRows.flatMap(([externalKey]) => auditOf(simulators, 'salesforce', { externalKey })).length).toBe(21);
  expect((await steps()).find(({ step }) => step === 'each')?.records).toMatchObject({ errors: 0, refused: 8 });
  expect((await api('getRun', { params: { runId } })).run.note).toBe('record-errors');
});
