// `npm run bench [names]`: the project's own benchmarks, all or those named. Ratios against floors of the same run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Row } from './row.ts';
import { engineRows } from './rows/engine.ts';
import { largeFlowRows } from './rows/large-flow.ts';
import { pixelRows } from './rows/pixels.ts';
import { recordRows } from './rows/records.ts';
import { recoveryRows } from './rows/recovery.ts';
import { runListRows } from './rows/run-list.ts';
import { webhookRows } from './rows/webhook.ts';

const groups = [webhookRows, engineRows, recordRows, recoveryRows, runListRows, pixelRows, largeFlowRows];
const rounds = Number(process.env['WAYBILL_BENCH_ROUNDS'] ?? 3);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !groups.some((group) => group.name === name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${groups.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const loadBefore = loadavg()[0] ?? 0;
const rows: Row[] = [];
for (const group of groups) {
  if (wanted.length > 0 && !wanted.includes(group.name)) continue;
  console.log(`measuring ${group.name} ...`);
  rows.push(...(await group.measure(rounds)));
}
const table = [
  '| what | floor | measured | ratio | target | met |',
  '|---|---|---|---|---|---|',
  ...rows.map(
    (row) =>
      `| ${row.what} | ${row.floor} | ${row.measured} | ${row.ratio.toFixed(2)} | ${row.target} | ${row.met === true ? 'yes' : row.met || 'no'} |`,
  ),
].join('\n');
console.log(`\n${table}\n`);
const folder = join(import.meta.dirname, '..', '..', '.waybill');
mkdirSync(folder, { recursive: true });
const file = join(folder, 'bench.json');
writeFileSync(
  file,
  `${JSON.stringify({ node: process.version, cores: cpus().length, load: [loadBefore, loadavg()[0]], rounds, rows }, null, 2)}\n`,
);
console.log(`Written to ${file}`);
