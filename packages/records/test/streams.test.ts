import type { RecordsEnd, RecordsJob } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import type { RecordSink } from '@waybill/node-sdk';
import { expect, it, vi } from 'vitest';
import type { OutcomePlace, StreamParts } from '../src/streams/index.ts';
import { checkpointLedger, outcomesFrom, recordStreams } from '../src/streams/index.ts';
import { aJob, aStreamBench, batchesOf, csvFile, toBatches, toFile } from './stream-bench.ts';

const still = new AbortController().signal;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Carries a stream to its end; `crashes` says before which calls everything but the last checkpoint is lost. */
async function carry(parts: StreamParts, job: RecordsJob, crashes: () => boolean = () => false) {
  const streams = recordStreams(parts);
  let kept: JsonValue | null = null;
  let opened = 0;
  for (;;) {
    const pass = await streams.open(job, kept, still);
    opened += 1;
    for (;;) {
      if (crashes()) break;
      const chunk = await pass.next();
      if (!chunk.ok) throw new Error(chunk.error.what);
      // What was sent to the sink and is in no checkpoint must not count.
      if (!chunk.isLast && crashes()) break;
      kept = JSON.parse(JSON.stringify(await pass.checkpoint())) as JsonValue;
      if (chunk.tooMany) throw chunk.tooMany;
      if (!chunk.isLast) continue;
      if (crashes()) break;
      const end: RecordsEnd = await pass.finish();
      await pass.close();
      return { end, kept, opened, progress: chunk.progress };
    }
  }
}

const rowsOf = (count: number): string =>
  `id,note\n${Array.from({ length: count }, (_, row) => (row % 37 === 5 ? `${row},"two\nlines"` : row % 41 === 7 ? `${row},a,b` : `${row},note ${row}`)).join('\n')}\n`;

it('writes each row once and loses none, wherever it is interrupted', async () => {
  const plain = aStreamBench(700);
  plain.files.files.set('in.csv', Buffer.from(rowsOf(400)));
  const wanted = await carry(plain.parts, aJob(csvFile('in.csv'), toFile('out.csv')));
  const expected = plain.files.files.get('out.csv')?.toString();
  expect(expected?.match(/\r\n/g)?.length).toBe(1 + 400 - 10);
  for (let seed = 1; seed <= 40; seed += 1) {
    const bench = aStreamBench(700);
    bench.files.files.set('in.csv', Buffer.from(rowsOf(400)));
    const random = seeded(seed);
    const { progress, kept, opened } = await carry(
      bench.parts,
      aJob(csvFile('in.csv'), toFile('out.csv')),
      () => random() < 0.3,
    );
    expect(opened, 'it was interrupted').toBeGreaterThan(1);
    expect(bench.files.files.get('out.csv')?.toString(), `seed ${seed}`).toBe(expected);
    expect(progress).toEqual(wanted.progress);
    expect(checkpointLedger(kept as JsonValue).errors.count).toBe(10);
  }
});

it('has the next chunk under way while one is worked on, and numbers record errors as if it had not', async () => {
  const rows = Array.from({ length: 300 }, (_, row) => (row % 50 === 9 ? `${row},a,b` : `${row},note`));
  const errorsOf = async (chunkBytes: number) => {
    const bench = aStreamBench(chunkBytes);
    bench.files.files.set('in.csv', Buffer.from(`id,note\n${rows.join('\n')}\n`));
    const { records } = bench.parts.host;
    let underWay = 0;
    let most = 0;
    bench.parts.host.records = async (call, signal) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      const answer = await records(call, signal);
      underWay -= 1;
      return answer;
    };
    const { kept } = await carry(bench.parts, aJob(csvFile('in.csv'), toFile('out.csv')));
    return { most, written: bench.files.files.get('out.csv')?.toString(), ...checkpointLedger(kept as JsonValue) };
  };
  const whole = await errorsOf(1_000_000);
  expect(whole.errors.recent.map(({ row, line }) => [row, line])).toEqual(
    [10, 60, 110, 160, 210, 260].map((row) => [row, row + 1]),
  );
  const cut = await errorsOf(128);
  expect(cut.most).toBe(2);
  expect({ ...cut, most: 0 }).toEqual({ ...whole, most: 0 });
});

it('adds up to the same totals, wherever it is interrupted', async () => {
  const sink = {
    into: 'totals' as const,
    groupBy: [{ name: 'kind', expression: '$substring(record.id, 0, 1)' }],
    measures: [
      { name: 'sum', kind: 'sum' as const, expression: '$number(record.id) * 0.1' },
      { name: 'last', kind: 'max' as const, expression: '$number(record.id)' },
    ],
    values: {},
    maxGroups: 100,
  };
  const bench = aStreamBench(500);
  bench.files.files.set('in.csv', Buffer.from(rowsOf(300)));
  const wanted = await carry(bench.parts, aJob(csvFile('in.csv'), sink));
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seeded(seed);
    const { end } = await carry(bench.parts, aJob(csvFile('in.csv'), sink), () => random() < 0.3);
    expect(end).toEqual(wanted.end);
  }
});

it('cuts records into the same batches, wherever it is interrupted', async () => {
  const sink = toBatches({ size: 7 });
  const batches = async (crashes?: () => boolean) => {
    const bench = aStreamBench(300);
    bench.files.files.set('in.csv', Buffer.from(rowsOf(60)));
    const { end } = await carry(bench.parts, aJob(csvFile('in.csv'), sink), crashes);
    return (await batchesOf(bench, end)).map(({ records }) => records);
  };
  const wanted = await batches();
  expect(wanted.map((batch) => batch.length)).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 2]);
  for (let seed = 1; seed <= 10; seed += 1) {
    const random = seeded(seed);
    expect(await batches(() => random() < 0.3)).toEqual(wanted);
  }
});

it('follows the pages of another system and asks for no page twice after a checkpoint', async () => {
  const bench = aStreamBench(500, [[{ id: 1 }, { id: 2 }], [{ id: 3 }], [], [{ id: 4 }]]);
  const source = { kind: 'pages' as const, origin: 'query', nodeType: 'crm.query', nodeVersion: 1, params: {} };
  const { end, progress } = await carry(bench.parts, aJob({ source, stages: [] }, { into: 'list', limit: 10 }));
  expect(end).toMatchObject({ value: { records: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }] } });
  expect(bench.asked).toEqual([null, 1, 2, 3]);
  expect(progress.rowsIn).toBe(4);
});

const text = 'name;city\nMüller;Köln\nØrsted;Århus\n';
it.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
  ['UTF-16 little endian with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
  ['UTF-16 big endian', Buffer.from(text, 'utf16le').swap16()],
  ['UTF-16 little endian without a mark', Buffer.from(text, 'utf16le')],
  ['Windows-1252', Buffer.from(text, 'latin1')],
])('finds out by itself that a file is %s', async (_name, bytes) => {
  const bench = aStreamBench(16);
  bench.files.files.set('in.csv', bytes);
  const { end } = await carry(bench.parts, aJob(csvFile('in.csv'), { into: 'list', limit: 10 }));
  expect(end).toMatchObject({
    value: {
      records: [
        { name: 'Müller', city: 'Köln' },
        { name: 'Ørsted', city: 'Århus' },
      ],
    },
  });
});

it.each([
  ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-8', /read as UTF-8, .* UTF-16 \(little endian\)/],
  ['UTF-16 without a mark', Buffer.from(text, 'utf16le').swap16(), 'latin1', /read as ISO 8859-1, .* UTF-16 \(big/],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'windows-1252', /read as Windows-1252, .* UTF-8/],
])('says so when a file is %s and something else was chosen', async (_name, bytes, encoding, words) => {
  const bench = aStreamBench(16);
  bench.files.files.set('in.csv', bytes);
  const job = aJob(csvFile('in.csv', { encoding }), { into: 'list', limit: 10 });
  await expect(carry(bench.parts, job)).rejects.toThrow(words);
});

it.each([
  [
    'text in another encoding than was chosen',
    Buffer.from('name;city\nAnna;Bonn\nMüller;Köln\nEva;Ulm\n', 'latin1'),
    { row: 2, line: 3, column: 'name', what: 'the text of name is not valid UTF-8' },
  ],
  [
    'a row with a field too many',
    Buffer.from('name;city\nAnna;Bonn\nOtto;Köln;Ehrenfeld\nEva;Ulm\n'),
    { row: 2, line: 3, what: 'it has 3 fields where 2 are expected', source: 'Otto;Köln;Ehrenfeld' },
  ],
  [
    'a quote that is never closed',
    Buffer.from('name;city\nAnna;Bonn\nOtto;"Köln\nEva;Ulm\n'),
    { row: 2, line: 3, what: 'the quote before field 2 is never closed', source: 'Otto;"Köln' },
  ],
])('makes one record error of %s, with its line, and reads on', async (_name, bytes, error) => {
  for (const chunkBytes of [8, 16, 1_000]) {
    const bench = aStreamBench(chunkBytes);
    bench.files.files.set('in.csv', bytes);
    const job = aJob(csvFile('in.csv', { encoding: 'utf-8' }), { into: 'list', limit: 10 });
    const { end, kept } = await carry(bench.parts, job);
    expect(end).toMatchObject({
      value: {
        records: [
          { name: 'Anna', city: 'Bonn' },
          { name: 'Eva', city: 'Ulm' },
        ],
      },
    });
    expect(checkpointLedger(kept as JsonValue).errors.recent).toMatchObject([error]);
  }
});

it('passes over a line far larger than memory allows and reads on', async () => {
  const bench = aStreamBench(65_536);
  const head = Buffer.from('id,note\n1,a\n2,');
  const tail = Buffer.from('\n3,c\n');
  const middle = 1_024 * 1_048_576;
  let largest = 0;
  bench.parts.files.open = async () => ({
    sizeBytes: head.length + middle + tail.length,
    version: '1',
    async read(offset, into) {
      largest = Math.max(largest, into.length);
      into.fill(120);
      // A file of half a gigabyte, made while it is read.
      for (const [part, start] of [
        [head, 0],
        [tail, head.length + middle],
      ] as const)
        for (let at = 0; at < part.length; at += 1) {
          const place = start + at - offset;
          if (place >= 0 && place < into.length) into[place] = part[at] as number;
        }
      return Math.min(into.length, head.length + middle + tail.length - offset);
    },
    close: async () => {},
  });
  const before = process.memoryUsage.rss();
  const stream = csvFile('in.csv', { encoding: 'utf-8' });
  const { end, kept } = await carry(bench.parts, aJob(stream, { into: 'list', limit: 10 }));
  expect(end).toMatchObject({ value: { records: [{ id: '1' }, { id: '3' }] } });
  const listed = outcomesFrom(
    bench.blobs,
    { errors: checkpointLedger(kept as JsonValue).errors, batches: null, file: null },
    null,
    () => true,
  );
  const errors = [];
  for await (const { outcome } of listed) if (outcome) errors.push(outcome);
  expect(errors).toMatchObject([{ row: 2, line: 3, what: 'it is longer than 1 KB' }]);
  expect(largest).toBeLessThanOrEqual(65_536);
  expect((process.memoryUsage.rss() - before) / 1_048_576).toBeLessThan(100);
});

it('says that the file is there already before it reads a single record', async () => {
  const bench = aStreamBench(64);
  bench.files.files.set('in.csv', Buffer.from(rowsOf(50)));
  bench.files.files.set('out.csv', Buffer.from('kept'));
  const worked = vi.spyOn(bench.parts.host, 'records');
  const sink = { ...toFile('out.csv'), ifExists: 'fail' } as RecordSink;
  await expect(carry(bench.parts, aJob(csvFile('in.csv'), sink))).rejects.toThrow('FILE_EXISTS out.csv');
  expect(worked).not.toHaveBeenCalled();
  expect(bench.files.files.get('out.csv')?.toString()).toBe('kept');
});

it('ends when too many records are errors, and says how many and what one of them is', async () => {
  const bench = aStreamBench(10_000);
  bench.files.files.set('in.csv', Buffer.from(`a,b\n${'1,2,3\n'.repeat(50)}`));
  const job = aJob(csvFile('in.csv'), toFile('out.csv'), { limits: { maxErrors: 20, maxErrorShare: 1 } });
  await expect(carry(bench.parts, job)).rejects.toThrow(
    /50 of 50 records could not be used; 20 are the limit.*row 50/s,
  );
  expect(bench.files.files.has('out.csv')).toBe(false);
});

it('refuses to go on in a file that was changed meanwhile', async () => {
  const bench = aStreamBench(100);
  bench.files.files.set('in.csv', Buffer.from(rowsOf(50)));
  const streams = recordStreams(bench.parts);
  const job = aJob(csvFile('in.csv'), toFile('out.csv'));
  const pass = await streams.open(job, null, still);
  await pass.next();
  const kept = await pass.checkpoint();
  bench.files.files.set('in.csv', Buffer.from(rowsOf(60)));
  await expect(streams.open(job, kept, still)).rejects.toThrow('RECORDS_SOURCE_CHANGED');
});

it('pages through record errors, newest first, however many there are', async () => {
  const bench = aStreamBench(200);
  bench.files.files.set(
    'in.csv',
    Buffer.from(`a,b\n${Array.from({ length: 300 }, (_, row) => `${row},x,y`).join('\n')}`),
  );
  const { kept } = await carry(bench.parts, aJob(csvFile('in.csv'), { into: 'list', limit: 10 }));
  const index = checkpointLedger(kept as JsonValue).errors;
  expect(index.recent.length).toBeLessThan(60);
  const source = { errors: index, batches: null, file: null };
  const rows: number[] = [];
  let place: OutcomePlace | null = null;
  do {
    let count = 0;
    for await (const { outcome, next } of outcomesFrom(bench.blobs, source, place, () => true)) {
      place = next;
      if (outcome) rows.push(outcome.row);
      count += outcome ? 1 : 0;
      if (count === 37) break;
    }
  } while (place);
  expect(rows).toEqual(Array.from({ length: 300 }, (_, at) => 300 - at));
});

it('tells of every record of a file what became of it, in little space', async () => {
  const bench = aStreamBench(4_096);
  bench.files.files.set('in.csv', Buffer.from(rowsOf(5_000)));
  const filter = { do: 'filter' as const, step: 'keep', keep: '$number(record.id) % 2 = 0', values: {} };
  const stream = { ...csvFile('in.csv'), stages: [filter] };
  const { kept } = await carry(
    bench.parts,
    aJob(stream, toFile('out.csv'), { limits: { maxErrors: 5_000, maxErrorShare: 1 } }),
  );
  const { errors, taken } = checkpointLedger(kept as JsonValue);
  const written = { state: 'written' as const, step: 'write', effectKey: null, what: null, fix: null };
  const source = { errors, batches: null, file: taken && { taken, became: written } };
  const states = new Map<number, string>();
  for await (const { outcome } of outcomesFrom(bench.blobs, source, null, () => true))
    if (outcome) states.set(outcome.row, outcome.state);
  for (let row = 1; row <= 5_000; row += 1) {
    const isBroken = (row - 1) % 37 !== 5 && (row - 1) % 41 === 7;
    expect(states.get(row), `row ${row}`).toBe(isBroken ? 'refused' : (row - 1) % 2 === 0 ? 'written' : undefined);
  }
  expect(JSON.stringify(kept).length).toBeLessThan(60_000);
  const only = outcomesFrom(bench.blobs, source, null, (state) => state === 'refused');
  const listed = new Set<string>();
  for await (const { outcome } of only) if (outcome) listed.add(outcome.state);
  expect(listed).toEqual(new Set(['refused']));
});

it.each(['utf8', 'utf16le'] as const)('reads %s lines that end with a carriage return alone', async (encoding) => {
  const lines = ['id;note', ...Array.from({ length: 300 }, (_, row) => `${row};\u0d0d${row}`)];
  const bytes = Buffer.concat([
    Buffer.from(encoding === 'utf8' ? '' : '\ufeff', encoding),
    Buffer.from(`${lines.join('\r')}\r`, encoding),
  ]);
  for (const crashes of [() => false, seeded(3)]) {
    const bench = aStreamBench(400);
    bench.files.files.set('in.csv', bytes);
    const interrupted = () => Number(crashes()) > 0.7;
    const { progress } = await carry(bench.parts, aJob(csvFile('in.csv'), toFile('out.csv')), interrupted);
    expect(progress).toMatchObject({ rowsIn: 300, rowsOut: 300, errors: 0 });
    expect(bench.files.files.get('out.csv')?.toString().split('\r\n').slice(1, 3)).toEqual(['0,\u0d0d0', '1,\u0d0d1']);
  }
});

it('reads on where a chunk was full of records that cannot be used', async () => {
  const bench = aStreamBench(60_000);
  bench.files.files.set('in.csv', Buffer.from(`id,note\n${'x\n'.repeat(24_000)}1,good\n`));
  const job = aJob(csvFile('in.csv'), toFile('out.csv'));
  job.limits = { maxErrors: 30_000, maxErrorShare: 1 };
  const { progress, kept } = await carry(bench.parts, job);
  expect(progress).toMatchObject({ rowsIn: 24_001, rowsOut: 1, errors: 24_000 });
  expect(checkpointLedger(kept as JsonValue).errors.count).toBe(24_000);
  expect(bench.files.files.get('out.csv')?.toString()).toBe('id,note\r\n1,good\r\n');
});
