import type { JsonValue } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { checkpointLedger, recordStreams } from '../src/streams/index.ts';
import { aJob, aStreamBench, batchesOf, csvFile, toBatches } from './stream-bench.ts';

const rounds = 40;
const still = new AbortController().signal;

function drawing(seed: number) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return { random, pick, some: <T>(most: number, make: () => T) => Array.from({ length: 1 + random() * most }, make) };
}

const cells = [
  ...['a', '', ' ', '"q"', '"a\nb"', '"a\r\nb"', '"x""y"', '=1+1', '__proto__'],
  ...['"unclosed', 'a"b', '"a" b', '"""', 'x\u0000y', 'é', '😀', '\ufeff', '\u2028', '\t'],
  ...['L'.repeat(300), `"${'M\n'.repeat(80)}"`],
];
const lines = [
  ...['{"id":1}', '{"id":"é😀"}', '{"id":"a\\nb"}', '{"__proto__":1,"id":2}', `{"id":"${'L'.repeat(100)}"}`],
  ...['x', '', '  ', '{"id":', '[1]', 'null', '\u0000', '{"id":12345678901234567890}'],
];
const lineEnds = [['\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\n', '\r\n', '\r']];

function oddFile({ random, pick, some }: ReturnType<typeof drawing>): { bytes: Buffer; more: object } {
  const isJson = random() < 0.4;
  const ends = pick(lineEnds);
  const rows = some(20, () => (isJson ? pick(lines) : some(2, () => pick(cells)).join(',')));
  const text =
    [...(isJson ? [] : ['id,note']), ...rows].map((row) => row + pick(ends)).join('') + pick(['', 'last,row']);
  const encoding = pick(['utf8', 'utf16le', 'latin1'] as const);
  const bytes = Buffer.from((encoding === 'utf16le' ? '\ufeff' : pick(['', '\ufeff'])) + text, encoding);
  return { bytes, more: isJson ? { format: { is: 'jsonl' }, maxRecordBytes: 60 } : { maxRecordBytes: 60 } };
}

/** What came of a file that is read in chunks of this size. @param crashes whether all since the last checkpoint is lost. */
async function read({ bytes, more }: ReturnType<typeof oddFile>, chunkBytes: number, crashes: () => boolean) {
  const bench = aStreamBench(chunkBytes);
  bench.files.files.set('odd.csv', bytes);
  const limits = { maxErrors: 1_000_000, maxErrorShare: 1 };
  const streams = recordStreams(bench.parts);
  let kept: JsonValue | null = null;
  for (;;) {
    const pass = await streams.open(aJob(csvFile('odd.csv', more), toBatches({ size: 3 }), { limits }), kept, still);
    for (;;) {
      const chunk = await pass.next();
      if (!chunk.ok) return chunk.error.what;
      if (!chunk.isLast && crashes()) break;
      kept = JSON.parse(JSON.stringify(await pass.checkpoint())) as JsonValue;
      if (!chunk.isLast) continue;
      return { batches: await batchesOf(bench, await pass.finish()), errors: checkpointLedger(kept).errors.count };
    }
  }
}

it('finds the same records under the same numbers in a file of oddities, however it is cut and interrupted', async () => {
  const draw = drawing(7);
  for (let round = 1; round <= rounds; round += 1) {
    const file = oddFile(draw);
    const whole = await read(file, 1_000_000, () => false);
    for (const chunkBytes of [16, 34, 130, 514])
      expect(await read(file, chunkBytes, () => draw.random() < 0.15), `round ${round}, ${chunkBytes}`).toEqual(whole);
  }
});
