// The platform as the target of the record benchmarks; the files lie in the data folder's `files`.
import { toText } from '@waybill/flow-model';
import { readConfig, startServer } from '@waybill/server';
import { apiWithLink } from '../../packages/cli/src/api-session.ts';
import { recordsFlow } from './records-flow.ts';

const [dataDir = ''] = process.argv.slice(2);
const server = await startServer({ ...readConfig({ WAYBILL_DEMO: 'off', WAYBILL_LOG: 'error' }), port: 0, dataDir });
const link = (await server.newSignInLink()) ?? '';
const api = await apiWithLink(link);
const { summary } = await api('importFlow', { body: { files: { ...toText(recordsFlow('bench-records')) } } });
await api('publishFlow', { params: { flowId: summary.id }, body: { revision: summary.revision, note: 'bench' } });
const { items } = await api('webhooks', { params: { flowId: summary.id } });
const ready = { hook: items[0]?.url ?? '', health: `${new URL(link).origin}/healthz`, pid: String(process.pid) };
console.log(JSON.stringify(ready));
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
