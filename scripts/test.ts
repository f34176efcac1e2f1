// `npm test`: lint, types and every suite; suites whose server is missing are named, and refused in CI.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

const root = join(import.meta.dirname, '..');
const filters = process.argv.slice(2);
const skippingForbidden = process.env['WAYBILL_TEST_SKIPPING'] === 'forbidden';

function run(label: string, script: string, args: string[], env: NodeJS.ProcessEnv): number {
  const started = Date.now();
  const done = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, env, stdio: 'inherit' });
  console.log(`${label}: ${done.status === 0 ? 'ok' : 'failed'} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return done.status ?? 1;
}

const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'));
const reportFile = join(folder, 'report.json');
const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'test' };

let failedChecks = 0;
if (filters.length === 0) {
  failedChecks += run('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.'], env) === 0 ? 0 : 1;
  failedChecks += run('import rules', 'scripts/check-imports.ts', [], env) === 0 ? 0 : 1;
  failedChecks +=
    run('types', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json', '--noEmit'], env) === 0 ? 0 : 1;
  failedChecks +=
    run('types of the editor', 'node_modules/typescript/bin/tsc', ['-p', 'editor/tsconfig.json', '--noEmit'], env) === 0
      ? 0
      : 1;
}
const status = run(
  'tests',
  'node_modules/vitest/vitest.mjs',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...filters],
  env,
);

const report: VitestReport = existsSync(reportFile)
  ? JSON.parse(readFileSync(reportFile, 'utf8'))
  : { testResults: [] };
rmSync(folder, { recursive: true, force: true });
const tests = report.testResults.flatMap((file) => file.assertionResults);
const count = (wanted: string) => tests.filter((test) => test.status === wanted).length;
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
);

if (skipped.length > 0) {
  console.log('\nSkipped, because the server or browser they need was not found:');
  for (const test of skipped) console.log(`  ${test.fullName}`);
}
for (const file of brokenFiles) console.log(`Did not load: ${file.name}\n${file.message}`);

const failed = count('failed') + brokenFiles.length + failedChecks;
const refused = skippingForbidden && skipped.length > 0;
if (refused) console.log('\nSkipping is forbidden here: give the missing servers or the browser.');
console.log(`\n${count('passed')} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed > 0 || refused || status !== 0 || tests.length === 0 ? 1 : 0);
