import type { FlowId, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { seededFraction } from './effect-key.ts';
import type { GateKey } from './run-gate.ts';
import { RunGate } from './run-gate.ts';

const flowId = 'flow' as FlowId;
const key = (orderingKey: string | null, more: Partial<GateKey> = {}): GateKey => ({
  flowId,
  orderingKey,
  concurrency: null,
  holds: true,
  ...more,
});
const run = (name: string) => name as RunId;

/** The same promises by looking at every run each time: what the gate must agree with. */
class NaiveGate {
  readonly runs: { runId: RunId; key: GateKey; again: boolean; at: number; stage: string; holds: boolean }[] = [];

  enter(runId: RunId, gateKey: GateKey, at: number, again: boolean): boolean {
    const known = this.runs.find((each) => each.runId === runId);
    if (known) known.stage = 'place';
    else this.runs.push({ runId, key: gateKey, again, at, stage: 'key', holds: false });
    return this.settle().includes(runId);
  }
  passOn(runId: RunId): RunId[] {
    const found = this.runs.find((each) => each.runId === runId && each.stage !== 'key');
    if (found) found.holds = false;
    if (found?.stage === 'keeps-key') this.forget(runId);
    return this.settle();
  }
  leave(runId: RunId, keepsKey: boolean): RunId[] {
    const found = this.runs.find((each) => each.runId === runId);
    const keeps = keepsKey && found?.holds && (found.stage === 'inside' || found.stage === 'keeps-key');
    if (found && keeps) found.stage = 'keeps-key';
    else this.forget(runId);
    return this.settle();
  }
  forget(runId: RunId): void {
    const index = this.runs.findIndex((each) => each.runId === runId);
    if (index >= 0) this.runs.splice(index, 1);
  }
  inOrder() {
    return [...this.runs].sort((a, b) =>
      a.again === b.again ? (a.again ? a.at - b.at : 0) : Number(b.again) - Number(a.again),
    );
  }
  settle(): RunId[] {
    const begun: RunId[] = [];
    for (const each of this.inOrder()) {
      if (each.stage !== 'key') continue;
      const same = this.runs.filter((other) => other.key.orderingKey === each.key.orderingKey);
      if (each.key.orderingKey !== null && same.some((other) => other.holds)) continue;
      each.stage = 'place';
      each.holds = each.key.holds && each.key.orderingKey !== null;
    }
    for (const each of this.inOrder()) {
      if (each.stage !== 'place') continue;
      const { concurrency } = each.key;
      const underWay = this.runs.filter((other) => other.stage === 'inside').length;
      const before = this.inOrder().find((other) => other.stage === 'place' && other.key.concurrency !== null);
      if (concurrency !== null && (underWay >= concurrency || before !== each)) continue;
      each.stage = 'inside';
      begun.push(each.runId);
    }
    return begun;
  }
}

describe('the gate', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('agrees with looking at every run (seed %i)', (seed) => {
    let drawn = 0;
    const draw = (below: number) => Math.floor(seededFraction(`${seed}/${++drawn}`) * below);
    const concurrency = seed % 3 === 0 ? null : 1 + draw(4);
    const gate = new RunGate();
    const naive = new NaiveGate();
    const kept = new Set<RunId>();
    const over: { runId: RunId; gateKey: GateKey; at: number }[] = [];
    const known = new Map<RunId, { gateKey: GateKey; at: number }>();
    const alive = () => [...known.keys()];
    let at = 0;
    for (let move = 0; move < 300; move += 1) {
      at += 1;
      const what = draw(10);
      const some = alive()[draw(alive().length)];
      if (what < 4 || some === undefined) {
        const runId = run(`r${at}`);
        const orderingKey = draw(5) === 0 ? null : `k${draw(3)}`;
        const gateKey = key(orderingKey, { concurrency, holds: draw(4) > 0 });
        if (orderingKey === null && concurrency === null) continue;
        expect(gate.enter(runId, gateKey, at)).toBe(naive.enter(runId, gateKey, at, false));
        known.set(runId, { gateKey, at });
      } else if (what < 5) {
        expect(gate.passOn(some).sort()).toEqual(naive.passOn(some).sort());
        if (kept.delete(some)) known.delete(some);
      } else if (what < 6 && over.length > 0) {
        const [back] = over.splice(draw(over.length), 1);
        if (!back) continue;
        expect(gate.enter(back.runId, back.gateKey, back.at, true)).toBe(
          naive.enter(back.runId, back.gateKey, back.at, true),
        );
        known.set(back.runId, back);
      } else {
        const facts = known.get(some);
        const keeps = draw(4) === 0;
        expect(gate.leave(some, keeps).sort()).toEqual(naive.leave(some, keeps).sort());
        if (naive.runs.some((each) => each.runId === some)) kept.add(some);
        else {
          kept.delete(some);
          known.delete(some);
          if (facts) over.push({ runId: some, ...facts });
        }
      }
      const waits = naive.runs.filter((each) => each.stage === 'key' || each.stage === 'place');
      expect(gate.waitingCount).toBe(waits.length);
      for (const each of naive.runs) expect(gate.isWaiting(each.runId)).toBe(waits.includes(each));
      const blocked = new Map<string, number>();
      for (const { stage, key: of } of naive.runs) {
        if (stage === 'key') blocked.set(`${of.orderingKey}`, (blocked.get(`${of.orderingKey}`) ?? 0) + 1);
      }
      expect(new Map(gate.blocked().map((turn) => [turn.orderingKey, turn.waiting]))).toEqual(blocked);
    }
  });

  it('lets a run that failed and keeps its key begin again before those behind it', () => {
    const gate = new RunGate();
    gate.enter(run('a'), key('k'), 1);
    gate.enter(run('b'), key('k'), 2);
    expect(gate.leave(run('a'), true)).toEqual([]);
    expect(gate.enter(run('a'), key('k'), 1, true)).toBe(true);
    expect(gate.leave(run('a'))).toEqual(['b']);
  });

  it('puts runs back as they stood: begun ones inside, even two of one key, the rest behind', () => {
    const gate = new RunGate();
    gate.readmit(run('a'), key('k'), 1);
    gate.readmit(run('b'), key('k'), 2);
    expect(gate.enter(run('c'), key('k'), 3)).toBe(false);
    expect(gate.passOn(run('a'))).toEqual([]);
    expect(gate.leave(run('b'))).toEqual(['c']);
  });

  it('says what a run waits for', () => {
    const gate = new RunGate();
    const limited = { concurrency: 1 };
    gate.enter(run('a'), key('k', limited), 1);
    gate.enter(run('b'), key('k', limited), 2);
    gate.enter(run('c'), key('other', limited), 3);
    expect(gate.whyQueued(run('a'))).toBeNull();
    expect(gate.whyQueued(run('b'))).toEqual({ for: 'key', orderingKey: 'k', holders: ['a'] });
    expect(gate.whyQueued(run('c'))).toEqual({ for: 'place', concurrency: 1, underWay: 1 });
  });

  it('passes a hundred thousand waiting keys through without looking at all of them each time', () => {
    const gate = new RunGate();
    // Ten times what is promised: a look at all of them for each would take minutes.
    const keys = 100_000;
    const limited = { concurrency: keys * 2 };
    const called: RunId[][] = [];
    for (let n = 0; n < keys; n += 1) gate.enter(run(`first-${n}`), key(`k${n}`, limited), n);
    for (let n = 0; n < keys; n += 1) gate.enter(run(`second-${n}`), key(`k${n}`, limited), n);
    expect(gate.waitingCount).toBe(keys);
    for (let n = 0; n < keys; n += 1) called.push(gate.leave(run(`first-${n}`)));
    expect(called.every((runs, n) => runs.length === 1 && runs[0] === `second-${n}`)).toBe(true);
    expect(gate.waitingCount).toBe(0);
  });
});
