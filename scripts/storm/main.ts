/**
 * `npm run demo:storm`: two thousand deals through opportunity to project while the systems throttle, fail after the
 * write and repeat events, and the server is killed five times. Prints the proof as a table and leaves the screens open.
 *
 *   npm run demo:storm -- --deals 200 --kills 3 --seed 7 --exit
 */
import { parseArgs } from 'node:util';
import { administrator, startDemoPlatform } from '../../test/support/demo-platform.ts';
import type { StormReport } from './storm.ts';
import { storm } from './storm.ts';

const { values } = parseArgs({
  options: {
    deals: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    exit: { type: 'boolean', default: false },
  },
});

function wholeNumber(name: 'deals' | 'kills' | 'seed', least: number, most: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  console.error(`--${name} is "${values[name]}"; it must be a whole number from ${least} to ${most}.`);
  process.exit(2);
}

function printReport(report: StormReport): boolean {
  const line = (cells: [string, string, string, string]) =>
    console.log(`  ${cells[0].padEnd(48)}${cells[1].padStart(9)}${cells[2].padStart(9)}   ${cells[3]}`);
  console.log('');
  line(['promise', 'expected', 'found', '']);
  for (const { words, expected, found, broken } of report.promises) {
    line([
      words,
      String(expected),
      String(found),
      broken.length === 0 ? 'kept' : `BROKEN: ${broken.slice(0, 3).join('; ')}`,
    ]);
  }
  console.log('\n  what became of the deals');
  for (const [words, count] of [...report.outcomes].sort((a, b) => b[1] - a[1])) {
    console.log(`  ${String(count).padStart(6)}  ${words}`);
  }
  const faults = [...report.faults].map(([fault, count]) => `${fault} ${count}`).join(', ');
  console.log(`\n  ${report.kills} kills; faults: ${faults}; ${report.repeatedEvents} events came again or late.`);
  console.log(`  It took ${(report.tookMs / 1_000).toFixed(0)} s.`);
  return report.promises.every(({ broken }) => broken.length === 0);
}

const options = {
  deals: wholeNumber('deals', 10, 20_000),
  kills: wholeNumber('kills', 0, 100),
  seed: wholeNumber('seed', 0, 2 ** 31),
  onProgress: (text: string) => console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`),
};
const demo = await startDemoPlatform();
const close = async (code: number) => {
  await demo.close();
  process.exit(code);
};
process.once('SIGINT', () => void close(130));
process.once('SIGTERM', () => void close(143));

let isKept = false;
try {
  isKept = printReport(await storm(demo, options));
} catch (error) {
  console.error(error);
}
if (values.exit) await close(isKept ? 0 : 1);
console.log(`\n  Look around at ${demo.platform.url} as ${administrator.email}, password ${administrator.password}.`);
console.log('  The simulated systems:');
for (const { title, baseUrl } of demo.simulators.list()) console.log(`  ${title.padEnd(14)}${baseUrl}`);
console.log('  Ctrl-C ends it.');
process.exitCode = isKept ? 0 : 1;
