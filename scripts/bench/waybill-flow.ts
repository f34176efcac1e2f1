// The platform with one published flow, read from a file, for the benchmarks that look at it in a browser.
import { readFileSync } from 'node:fs';
import { flowSchema, toText } from '@waybill/flow-model';
import { readConfig, startServer } from '@waybill/server';
import { apiWithLink } from '../../packages/cli/src/api-session.ts';

const [dataDir = '', email = '', password = '', flowFile = ''] = process.argv.slice(2);
const env = {
  WAYBILL_DEMO: 'off',
  WAYBILL_LOG: 'error',
  WAYBILL_ADMIN_EMAIL: email,
  WAYBILL_ADMIN_PASSWORD: password,
};
const server = await startServer({ ...readConfig(env), port: 0, dataDir });
const link = (await server.newSignInLink()) ?? '';
const api = await apiWithLink(link);
const flow = flowSchema.parse(JSON.parse(readFileSync(flowFile, 'utf8')));
const { summary } = await api('importFlow', { body: { files: { ...toText(flow) } } });
await api('publishFlow', { params: { flowId: summary.id }, body: { revision: summary.revision, note: 'bench' } });
const next = (await server.newSignInLink()) ?? '';
console.log(JSON.stringify({ url: new URL(link).origin, link: next, flowId: summary.id }));
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
