// The platform as a benchmark target: a server of its own with an empty data folder and the two benchmark flows published.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow } from '@waybill/flow-model';
import { toText } from '@waybill/flow-model';
import { readConfig, startServer } from '@waybill/server';
import { apiWithLink } from '../../packages/cli/src/api-session.ts';
import { httpFlow, transformFlow } from './flows.ts';

const [target = ''] = process.argv.slice(2);
const dataDir = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
const config = readConfig({ WAYBILL_DEMO: 'off', WAYBILL_LOG: 'error' });
const server = await startServer({ ...config, port: 0, dataDir });
const api = await apiWithLink((await server.newSignInLink()) ?? '');

const connection = await api('createConnection', {
  body: { name: 'Target', type: 'http-none', fields: { baseUrl: target }, allowPrivateAddresses: true },
});
await api('bindRole', { params: { role: 'target' }, body: { connectionId: connection.id } });

async function publish(flow: Flow): Promise<string> {
  const { summary } = await api('importFlow', { body: { files: { ...toText(flow) } } });
  await api('publishFlow', { params: { flowId: summary.id }, body: { revision: summary.revision, note: 'bench' } });
  const { items } = await api('webhooks', { params: { flowId: summary.id } });
  return items[0]?.url ?? '';
}

const ready = { transform: await publish(transformFlow()), http: await publish(httpFlow()) };
console.log(JSON.stringify(ready));
process.once('SIGTERM', () => {
  void server.stop().then(() => {
    rmSync(dataDir, { recursive: true, force: true });
    process.exit(0);
  });
});
