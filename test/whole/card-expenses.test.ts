import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createApiClient } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoPlatform } from '../support/demo-platform.ts';
import { recordsOf, startDemoPlatform } from '../support/demo-platform.ts';
import { until } from '../support/until.ts';

const sample = readFileSync(
  join(resolve(import.meta.dirname, '../..'), 'templates/card-expenses-to-projects/sample/card-statement-2026-10.csv'),
);

/** Rows of the sample that can be booked, counted the plain way; the charge that comes twice is one. */
const bookable = (() => {
  const rows = sample
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const currencies: Record<string, string> = { '77': 'EUR', '78': 'GBP' };
  const charges = rows.filter(
    ([, date, , , code, amount, currency, project = '', isPrivate]) =>
      /^2026-/.test(date ?? '') &&
      code !== '9999' &&
      Number(amount) > 0 &&
      currencies[project] === currency &&
      isPrivate === 'no',
  );
  return new Map(
    charges.map(([id, , , , , amount, , project]) => [id, { project, cents: Math.round(Number(amount) * 100) }]),
  );
})();

let demo: DemoPlatform;
beforeAll(async () => {
  demo = await startDemoPlatform();
});
afterAll(() => demo?.close());

it('books each charge of a statement once, lists the rows that cannot be, and tells finance', async () => {
  const { secret } = await demo.api('createKey', { body: { name: 'Card provider', roles: ['sender'] } });
  const provider = createApiClient({
    baseUrl: demo.platform.url,
    fetch: (...given) => fetch(...given),
    headers: () => ({ authorization: `Bearer ${secret}` }),
  });
  const send = (name: string, body: Uint8Array) =>
    provider('addFile', { query: { folder: 'card-expenses', name }, body });
  const ended = async (runId: string) => {
    const end = await until('the run to end', async () => {
      const detail = await demo.api('getRun', { params: { runId } });
      return detail.run.finishedAt !== null && detail;
    });
    expect(end.run.errorWhat).toBeNull();
    expect(end.run).toMatchObject({ status: 'succeeded', flowId: 'card-expenses-to-projects' });
  };

  const { started } = await send('card-statement-2026-10.csv', sample);
  expect(started).toHaveLength(1);
  const runId = started[0]?.runId ?? '';
  await ended(runId);
  const expenses = await recordsOf(demo, 'kantata', 'expenses');
  const booked = expenses.map(({ data }) => ({
    id: /Transaction\/([^\]]+)\]/.exec(String(data['notes']))?.[1],
    project: data['workspace_id'],
    cents: data['amount_in_cents'],
  }));
  expect(new Map(booked.map(({ id, ...rest }) => [id, rest]))).toEqual(bookable);
  expect(booked).toHaveLength(bookable.size);

  const { counts, items } = await demo.api('getStepRecords', { params: { runId, step: 'total' }, query: {} });
  expect(counts.refused).toBe(7);
  expect(items.map(({ what }) => what).join('\n')).toMatch(/there is no project P-999/);
  const messages = await recordsOf(demo, 'slack', 'message');
  expect(messages.map(({ data }) => String(data['text'])).filter((text) => text.startsWith('Card'))).toEqual([
    expect.stringMatching(
      new RegExp(`^Card statement card-statement-2026-10\\.csv: booked ${bookable.size} .*, refused 7\\.`),
    ),
  ]);

  // The corrected file: one row is mended, the rest is booked already.
  const mended = Buffer.from(sample.toString().replace('"12,50 EUR"', '12.50'));
  const again = await send('card-statement-2026-10 corrected.csv', mended);
  await ended(again.started[0]?.runId ?? '');
  expect(await recordsOf(demo, 'kantata', 'expenses')).toHaveLength(bookable.size + 1);
  // And the very same file is no news.
  expect((await send('card-statement-2026-10.csv', sample)).started).toEqual([{ ...started[0], duplicate: true }]);
});
