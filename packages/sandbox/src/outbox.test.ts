import { beforeEach, expect, it } from 'vitest';
import { createOutbox } from './outbox.ts';

let sent: string[][];
let held: boolean;
beforeEach(() => {
  sent = [];
  held = false;
});
const anOutbox = () =>
  createOutbox<string>(
    (batch) => sent.push(batch),
    () => held,
  );
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('sends what came up in one turn together, and the next turn by itself', async () => {
  const outbox = anOutbox();
  outbox.push('a');
  outbox.push('b');
  await nextTurn();
  outbox.push('c');
  await nextTurn();
  expect(sent).toEqual([['a', 'b'], ['c']]);
});

it('collects while it is held and sends once released', async () => {
  held = true;
  const outbox = anOutbox();
  outbox.push('a');
  await nextTurn();
  outbox.push('b');
  held = false;
  outbox.release();
  await nextTurn();
  expect(sent).toEqual([['a', 'b']]);
});

it('holds nothing for ever', async () => {
  held = true;
  const outbox = anOutbox();
  outbox.push('a');
  await expect.poll(() => sent).toEqual([['a']]);
});
