import type { LoadResult } from '../load.ts';
import { serveNodeRed } from '../node-red.ts';
import type { Served } from '../process.ts';
import { load, serve } from '../process.ts';
import type { Row, RowGroup } from '../row.ts';

const records = Array.from({ length: 10 }, (_, index) => ({
  id: `R-${index}`,
  amount: 100 + index,
  note: 'consulting services',
}));
const perSecond = (result: LoadResult): string =>
  `${result.perSecond.toFixed(0)}/s, p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(1)} ms`;
const middle = (results: LoadResult[]): LoadResult =>
  [...results].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(results.length / 2)] as LoadResult;

/** Measures several URLs in turn, A B C A B C, so that all see the same machine. */
async function inTurn(rounds: number, urls: string[], inFlight: number, body: unknown): Promise<LoadResult[]> {
  const seen: LoadResult[][] = urls.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, url] of urls.entries()) {
      const result = await load(url, { inFlight, warmUpMs: round === 0 ? 3_000 : 1_000, measureMs: 4_000, body });
      if (result.errors > 0) throw new Error(`${result.errors} requests to ${url} failed`);
      seen[index]?.push(result);
    }
  }
  return seen.map(middle);
}

type Compared = [floor: LoadResult, ours: LoadResult, parts: LoadResult];

/** A row against a target, and what the same parts reach without an engine, checks and governance around them. */
function rateRows(what: string, floorName: string, target: number, [floor, ours, parts]: Compared): Row[] {
  const row = (of: LoadResult) => ({
    floor: `${floorName} ${perSecond(floor)}`,
    measured: perSecond(of),
    ratio: of.perSecond / floor.perSecond,
  });
  const isMet = ours.perSecond >= target * floor.perSecond;
  return [
    { what, ...row(ours), target: `at least ${target} of the rate`, met: isMet },
    { what: `${what}: its parts without an engine`, ...row(parts), target: '', met: 'no target' },
  ];
}

async function measure(rounds: number): Promise<Row[]> {
  const target = await serve('target.ts');
  const targetUrl = target.ready['url'] ?? '';
  const express = await serve('floor-express.ts');
  const parts = await serve('floor-pipeline.ts', [targetUrl]);
  const waybill = await serve('waybill.ts', [targetUrl]);
  const nodeRed = await serveNodeRed(targetUrl);
  const url = (served: Served | null, name: string): string => served?.ready[name] ?? '';
  try {
    const both = [url(express, 'url'), url(waybill, 'transform')];
    const many = await inTurn(rounds, [...both, url(parts, 'transform')], 50, { records });
    const [floor, ours] = (await inTurn(rounds, both, 1, { records })) as [LoadResult, LoadResult];
    const rows: Row[] = [
      ...rateRows('webhook -> transform -> respond, 50 in flight', 'Express', 0.25, many as Compared),
      {
        what: 'webhook -> transform -> respond, one at a time',
        floor: `Express ${perSecond(floor)}`,
        measured: perSecond(ours),
        ratio: ours.p50Ms / floor.p50Ms,
        target: 'p50 at most 2 ms above',
        met: ours.p50Ms - floor.p50Ms <= 2,
      },
    ];
    const what = 'webhook -> three HTTP calls -> respond, 50 in flight';
    if (!nodeRed) {
      const unknown = { measured: '', ratio: Number.NaN, target: 'at least its rate', met: 'not measured' as const };
      return [...rows, { what, floor: 'Node-RED could not be installed', ...unknown }];
    }
    const calling = await inTurn(rounds, [url(nodeRed, 'url'), url(waybill, 'http'), url(parts, 'http')], 50, {});
    return [...rows, ...rateRows(what, 'Node-RED', 1, calling as Compared)];
  } finally {
    await Promise.all([nodeRed, waybill, parts, express, target].map((served) => served?.stop()));
  }
}

export const webhookRows: RowGroup = { name: 'webhook', measure };
