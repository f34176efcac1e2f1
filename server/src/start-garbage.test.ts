import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** In a process of its own, whose heap holds nothing but what the script leaves. */
const script = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { giveBackStartGarbage } from ${JSON.stringify(new URL('./start-garbage.ts', import.meta.url).href)};
  const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
  let kept = [];
  for (let index = 0; index < 600_000; index += 1) kept.push({ index, text: String(index) });
  const before = young();
  kept = null;
  giveBackStartGarbage();
  console.log(JSON.stringify({ before, after: young(), gc: typeof globalThis.gc }));
`;

it('gives the young generation of a start back, and leaves no collector lying about', () => {
  const { stdout } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    {
      encoding: 'utf8',
    },
  );
  const seen = JSON.parse(stdout) as { before: number; after: number; gc: string };
  expect(seen.before).toBeGreaterThan(16_000_000);
  expect(seen.after).toBeLessThan(8_000_000);
  expect(seen.gc).toBe('undefined');
});
