import { cpus } from 'node:os';
import type { LoadResult } from '../load.ts';
import type { Measured, Subject } from '../measured.ts';
import { inTurn } from '../measured.ts';
import { serveNodeRed } from '../node-red.ts';
import type { Served } from '../process.ts';
import { serve } from '../process.ts';
import type { Row, RowGroup } from '../row.ts';

const records = Array.from({ length: 10 }, (_, index) => ({
  id: `R-${index}`,
  amount: 100 + index,
  note: 'consulting services',
}));
const perSecond = (result: LoadResult): string =>
  `${result.perSecond.toFixed(0)}/s, p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(1)} ms`;

type Compared = [floor: Measured, ours: Measured, parts: Measured];

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
    costRow(what, target * floor.perSecond, ours, parts),
  ];
}

const us = (value: number): string => `${value.toFixed(0)} us`;

/** What the cores of this machine leave for a request at the rate of the target, beside whoever sends it and is called by it. */
function costRow(what: string, targetRate: number, ours: Measured, parts: Measured): Row {
  const cores = cpus().length;
  const { others } = ours.cost;
  const left = (cores * 1_000_000) / targetRate - others;
  return {
    what: `${what}: CPU per request`,
    floor: `${us(left)} left at ${targetRate.toFixed(0)}/s by ${cores} cores that never wait; ${us(others)} for load and called system`,
    measured: `${us(ours.cost.server)}; its parts without an engine ${us(parts.cost.server)}`,
    ratio: ours.cost.server / left,
    target: '',
    met: 'no target',
  };
}

async function measure(rounds: number): Promise<Row[]> {
  const target = await serve('target.ts');
  const targetUrl = target.ready['url'] ?? '';
  const express = await serve('floor-express.ts');
  const parts = await serve('floor-pipeline.ts', [targetUrl]);
  const waybill = await serve('waybill.ts', [targetUrl]);
  const nodeRed = await serveNodeRed(targetUrl);
  const subject = ({ ready, pid }: Served, name: string): Subject => ({ url: ready[name] ?? '', pid });
  try {
    const both = [subject(express, 'url'), subject(waybill, 'transform')];
    const three = [...both, subject(parts, 'transform')];
    const many = await inTurn(rounds, three, target.pid, { inFlight: 50, body: { records } });
    const [floor, ours] = (await inTurn(rounds, both, target.pid, { inFlight: 1, body: { records } })) as [
      Measured,
      Measured,
    ];
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
    const callers = [subject(nodeRed, 'url'), subject(waybill, 'http'), subject(parts, 'http')];
    const calling = await inTurn(rounds, callers, target.pid, { inFlight: 50, body: {} });
    return [...rows, ...rateRows(what, 'Node-RED', 1, calling as Compared)];
  } finally {
    await Promise.all([nodeRed, waybill, parts, express, target].map((served) => served?.stop()));
  }
}

export const webhookRows: RowGroup = { name: 'webhook', measure };
