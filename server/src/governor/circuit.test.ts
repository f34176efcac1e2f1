import { expect, it } from 'vitest';
import { Circuit } from './circuit.ts';

const policy = { failures: 3, openMs: 1_000, maxOpenMs: 5_000 };
const failing = (at: number) => {
  const circuit = new Circuit(policy);
  for (let count = 0; count < policy.failures; count += 1) circuit.failed(at, at);
  return circuit;
};

it('opens after failures in a row only', () => {
  const circuit = new Circuit(policy);
  circuit.failed(1, 1);
  circuit.failed(2, 2);
  circuit.answered(3);
  circuit.failed(4, 4);
  circuit.failed(5, 5);
  expect(circuit.admits(6)).toBe(true);
  circuit.failed(6, 6);
  expect(circuit.admits(7)).toBe(false);
  expect(circuit.openUntil).toBe(1_006);
});

it('lets one probe through after its time, and none beside it', () => {
  const circuit = failing(0);
  expect(circuit.admits(999)).toBe(false);
  expect(circuit.admits(1_000)).toBe(true);
  circuit.probe();
  expect(circuit.admits(1_001)).toBe(false);
  expect(circuit.answered(1_000)).toBe(true);
  expect(circuit.admits(1_002)).toBe(true);
});

it('stays open twice as long after each failed probe, up to the cap, and forgets that once it was answered', () => {
  const circuit = failing(0);
  const lengths: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const at = circuit.openUntil ?? 0;
    circuit.probe();
    circuit.failed(at, at);
    lengths.push((circuit.openUntil ?? 0) - at);
  }
  expect(lengths).toEqual([2_000, 4_000, 5_000, 5_000]);
  circuit.answered(100_000);
  for (let count = 0; count < 3; count += 1) circuit.failed(200_000, 200_000);
  expect(circuit.openUntil).toBe(201_000);
});

it('takes no notice of calls that left before it opened', () => {
  const circuit = failing(500);
  circuit.failed(400, 600);
  expect(circuit.openUntil).toBe(1_500);
  expect(circuit.answered(450)).toBe(false);
  expect(circuit.admits(700)).toBe(false);
});

it('lets the next call probe when one was never sent', () => {
  const circuit = failing(0);
  circuit.probe();
  circuit.probeLost();
  expect(circuit.admits(1_000)).toBe(true);
});

it('tries at once when a person wants it to', () => {
  const circuit = failing(0);
  circuit.tryNow(10);
  expect(circuit.admits(10)).toBe(true);
});

it('never opens without a policy', () => {
  const circuit = new Circuit(null);
  for (let count = 0; count < 100; count += 1) circuit.failed(count, count);
  expect(circuit.admits(101)).toBe(true);
});
