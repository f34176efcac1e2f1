import type { LoadResult } from '../load.ts';
import { serveNodeRed } from '../node-red.ts';
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

/** Measures two URLs in turn, A B A B, so that both see the same machine. */
async function inTurn(
  rounds: number,
  a: string,
  b: string,
  inFlight: number,
  body: unknown,
): Promise<[LoadResult, LoadResult]> {
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

async function measure(rounds: number): Promise<Row[]> {
  const target = await serve('target.ts');
  const express = await serve('floor-express.ts');
  const waybill = await serve('waybill.ts', [target.ready['url'] ?? '']);
  const nodeRed = await serveNodeRed(target.ready['url'] ?? '');
  try {
    const transform = waybill.ready['transform'] ?? '';
    const [floor50, ours50] = await inTurn(rounds, express.ready['url'] ?? '', transform, 50, { records });
    const [floor1, ours1] = await inTurn(rounds, express.ready['url'] ?? '', transform, 1, { records });
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
    const [theirs, ours] = await inTurn(rounds, nodeRed.ready['url'] ?? '', http, 50, {});
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

export const webhookRows: RowGroup = { name: 'webhook', measure };
