import { expect, it } from 'vitest';
import type { Bystander, RunnerEnd } from './crash-plan.ts';
import { crashPlan } from './crash-plan.ts';

const ticket = (id: number, known: Partial<Bystander> = {}): Bystander => ({
  id,
  hostCalls: 0,
  trips: 1,
  timeoutMs: 100,
  memoryMb: 64,
  leads: false,
  alone: false,
  ...known,
});
const died: RunnerEnd = { why: 'exit', signal: 'SIGABRT', lastWords: '' };

it('blames a ticket that was alone', () => {
  expect(crashPlan(died, [ticket(1)]).get(1)).toMatchObject({ do: 'blame', error: { code: 'SANDBOX_CRASHED' } });
});

it('names memory when the process or its watchdog did', () => {
  const words: RunnerEnd = { ...died, lastWords: 'FATAL ERROR: Reached heap limit, out of memory' };
  expect(crashPlan(words, [ticket(1)]).get(1)).toMatchObject({ error: { code: 'SANDBOX_MEMORY' } });
  expect(crashPlan({ why: 'memory' }, [ticket(1, { alone: true })]).get(1)).toMatchObject({
    error: { code: 'SANDBOX_MEMORY' },
  });
});

it('blames nobody for memory that a step before may have left behind: it is repeated by itself first', () => {
  const calledOut = ticket(1, { hostCalls: 1 });
  expect(crashPlan({ why: 'memory' }, [ticket(1)]).get(1)).toEqual({ do: 'repeat', alone: true });
  expect(crashPlan({ why: 'memory' }, [calledOut]).get(1)).toMatchObject({ error: { code: 'SANDBOX_MEMORY' } });
});

it('repeats each of several alone when nobody knows who it was', () => {
  const fates = [...crashPlan(died, [ticket(1), ticket(2)]).values()];
  expect(fates).toEqual([
    { do: 'repeat', alone: true },
    { do: 'repeat', alone: true },
  ]);
});

it('repeats the others as usual when the guilty one is known', () => {
  const plan = crashPlan({ why: 'timeout', guilty: 2 }, [ticket(1), ticket(2)]);
  expect(plan.get(1)).toEqual({ do: 'repeat', alone: false });
  expect(plan.get(2)).toMatchObject({ do: 'blame', error: { code: 'SANDBOX_TIMEOUT' } });
});

it('never repeats what has called out, nor anything for ever', () => {
  const plan = crashPlan(died, [ticket(1, { hostCalls: 1 }), ticket(2, { trips: 4 }), ticket(3)]);
  expect([plan.get(1)?.do, plan.get(2)?.do, plan.get(3)?.do]).toEqual(['give-up', 'give-up', 'repeat']);
});

it('repeats the guilty one without the steps handed along, since it may be one of them', () => {
  const [leads, calledOut] = [ticket(1, { leads: true }), ticket(1, { leads: true, hostCalls: 1 })];
  expect(crashPlan(died, [leads]).get(1)).toEqual({ do: 'repeat', alone: true, solo: true });
  expect(crashPlan(died, [calledOut]).get(1)).toMatchObject({ do: 'blame' });
});
