import { installedCatalog } from '../catalog.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { readFlow } from '../flow-files.ts';
import { faultsOf } from '../flow-test/expectations.ts';
import { runCase } from '../flow-test/run-case.ts';
import { readTestCases } from '../flow-test/test-case.ts';
import { startTestHost } from '../flow-test/test-host.ts';
import { readLookupTables } from '../lookup-tables.ts';

interface CaseResult {
  flow: string;
  name: string;
  file: string;
  faults: string[];
}

/** Runs the cases of every flow given. @returns 0 if all pass. */
export async function test(paths: string[], options: { json: boolean }): Promise<number> {
  const catalog = installedCatalog();
  const subjects = paths.map((path) => {
    const { flow, folder } = readFlow(path);
    const cases = readTestCases(folder);
    if (cases.length > 0) return { flow, catalog, tables: readLookupTables(folder), cases };
    throw new CliError(`${path} has no test cases.`, 'Add one as tests/<name>.yaml beside the flow.');
  });
  const results: CaseResult[] = [];
  const host = await startTestHost();
  try {
    for (const { cases, ...subject } of subjects) {
      for (const { file, testCase } of cases) {
        const observed = await runCase(host, subject, testCase);
        const result = {
          flow: subject.flow.id,
          name: testCase.name,
          file,
          faults: faultsOf(testCase.expect, observed),
        };
        results.push(result);
        if (!options.json) print(result);
      }
    }
  } finally {
    await host.stop();
  }
  const failed = results.filter((result) => result.faults.length > 0).length;
  if (options.json) console.log(JSON.stringify({ ok: failed === 0, results }, null, 2));
  else console.log(`${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? exitCodes.ok : exitCodes.failed;
}

function print({ flow, name, faults }: CaseResult): void {
  console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${flow}: ${name}`);
  for (const fault of faults) console.log(`         ${fault}`);
}
