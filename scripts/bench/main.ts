// `npm run bench`: the project's own benchmarks. Every figure is a ratio against a floor measured in the same run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { benchEngine } from './engine.ts';
import type { LoadResult } from './load.ts';
import { serveNodeRed } from './node-red.ts';
import { load, median, serve } from './process.ts';
import { benchRunList } from './run-list.ts';

interface Row {
  what: string;
  floor: string;
  measured: string;
  ratio: number;
  target: string;
  met: boolean | null;
}

const rounds = Number(process.env['WAYBILL_BENCH_ROUNDS'] ?? 3);
const records = Array.from({ length: 10 }, (_, index) => ({
  id: `R-${index}`,
  amount: 100 + index,
  note: 'consulting services',
}));
const perSecond = (result: LoadResult): string =>
  `${result.perSecond.toFixed(0)}/s, p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(1)} ms`;
const middle = (results: LoadResult[]): LoadResult =>
  [...results].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(results.length / 2)] as LoadResult;

/** Measures two URLs in turn, A B A B, so that both see the same machine. */
async function inTurn(a: string, b: string, inFlight: number, body: unknown): Promise<[LoadResult, LoadResult]> {
  const seen: [LoadResult[], LoadResult[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, url] of [a, b].entries()) {
      const result = await load(url, { inFlight, warmUpMs: round === 0 ? 3_000 : 1_000, measureMs: 4_000, body });
      if (result.errors > 0) throw new Error(`${result.errors} requests to ${url} failed`);
      seen[index as 0 | 1].push(result);
    }
  }
  return [middle(seen[0]), middle(seen[1])];
}

async function webhookRows(): Promise<Row[]> {
  const target = await serve('target.ts');
  const express = await serve('floor-express.ts');
  const waybill = await serve('waybill.ts', [target.ready['url'] ?? '']);
  const nodeRed = await serveNodeRed(target.ready['url'] ?? '');
  try {
    const transform = waybill.ready['transform'] ?? '';
    const [floor50, ours50] = await inTurn(express.ready['url'] ?? '', transform, 50, { records });
    const [floor1, ours1] = await inTurn(express.ready['url'] ?? '', transform, 1, { records });
    const rows: Row[] = [
      {
        what: 'webhook -> transform -> respond, 50 in flight',
        floor: `Express ${perSecond(floor50)}`,
        measured: perSecond(ours50),
        ratio: ours50.perSecond / floor50.perSecond,
        target: 'at least 0.25 of the rate',
        met: ours50.perSecond / floor50.perSecond >= 0.25,
      },
      {
        what: 'the same, one at a time',
        floor: `Express ${perSecond(floor1)}`,
        measured: perSecond(ours1),
        ratio: ours1.p50Ms / floor1.p50Ms,
        target: 'p50 at most 2 ms above',
        met: ours1.p50Ms - floor1.p50Ms <= 2,
      },
    ];
    const http = waybill.ready['http'] ?? '';
    if (!nodeRed)
      return [
        ...rows,
        {
          what: 'webhook -> three HTTP calls -> respond',
          floor: 'Node-RED could not be installed',
          measured: '',
          ratio: Number.NaN,
          target: 'at least its rate',
          met: null,
        },
      ];
    const [theirs, ours] = await inTurn(nodeRed.ready['url'] ?? '', http, 50, {});
    rows.push({
      what: 'webhook -> three HTTP calls -> respond, 50 in flight',
      floor: `Node-RED ${perSecond(theirs)}`,
      measured: perSecond(ours),
      ratio: ours.perSecond / theirs.perSecond,
      target: 'at least 1.0 of the rate',
      met: ours.perSecond >= theirs.perSecond,
    });
    return rows;
  } finally {
    await Promise.all([nodeRed?.stop(), waybill.stop(), express.stop(), target.stop()]);
  }
}

async function engineRow(): Promise<Row> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push((await benchEngine(512, 30_000)).perSecond);
  const rate = median(rates);
  return {
    what: 'three-effect run, effects in this process, journal FULL, 512 in flight',
    floor: 'target 10,000/s',
    measured: `${rate.toFixed(0)}/s`,
    ratio: rate / 10_000,
    target: 'at least 10,000 runs/s',
    met: rate >= 10_000,
  };
}

async function runListRow(): Promise<Row> {
  const measured = await benchRunList();
  const slowest = measured.reduce((a, b) => (b.pageP95Ms > a.pageP95Ms ? b : a));
  const counts = Math.max(...measured.map((row) => row.countsP95Ms));
  return {
    what: `run list, 1,000,000 stored runs, ${measured.length} filters`,
    floor: 'target 200 ms',
    measured: `slowest first page p95 ${slowest.pageP95Ms.toFixed(0)} ms (${slowest.filter}), slowest counts p95 ${counts.toFixed(0)} ms`,
    ratio: Math.max(slowest.pageP95Ms, counts) / 200,
    target: 'first page and counts p95 under 200 ms',
    met: slowest.pageP95Ms < 200 && counts < 200,
  };
}

const rows = [...(await webhookRows()), await engineRow(), await runListRow()];
const table = [
  '| what | floor | measured | ratio | target | met |',
  '|---|---|---|---|---|---|',
  ...rows.map(
    (row) =>
      `| ${row.what} | ${row.floor} | ${row.measured} | ${row.ratio.toFixed(2)} | ${row.target} | ${row.met === null ? 'not measured' : row.met ? 'yes' : 'no'} |`,
  ),
].join('\n');
console.log(`\n${table}\n`);
const folder = join(import.meta.dirname, '..', '..', '.waybill');
mkdirSync(folder, { recursive: true });
const file = join(folder, 'bench.json');
writeFileSync(file, `${JSON.stringify({ node: process.version, cores: cpus().length, rounds, rows }, null, 2)}\n`);
console.log(`Written to ${file}`);
