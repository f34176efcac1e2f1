#!/usr/bin/env node
// The `waybill` command. Each subcommand is a function of its own file; this one only reads words and prints the outcome.
import { enableCompileCache } from 'node:module';
import { ApiError } from '@waybill/api-contract';
import { FlowError } from '@waybill/flow-model';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { CliError, exitCodes } from './cli-error.ts';

const { directory } = enableCompileCache();
// Threads and child processes look for it in the environment.
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory;

const positive = (text: string): number => {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a number above 0.');
};

const program = new Command('waybill')
  .description('Flows for professional-services firms')
  .version('0.1.0')
  .showHelpAfterError('Run waybill --help to see what there is.')
  // Inherited by the commands below: exit codes are chosen in one place.
  .exitOverride();

const server = ['-s, --server <url>', 'address of a running Waybill', 'http://localhost:4700'] as const;
const key = ['-k, --key <key>', 'API key (or WAYBILL_API_KEY)'] as const;

program
  .command('start')
  .description('start the platform; with an empty data folder, the demo firm too')
  .action(async () => {
    const { start } = await import('./commands/start.ts');
    await start(process.env);
  });

program
  .command('validate')
  .description('list every problem of one or more flows')
  .argument('<path...>', 'folder of a flow, or a JSON file')
  .option('--json', 'print JSON', false)
  .action(async (paths: string[], options: { json: boolean }) => {
    const { validate } = await import('./commands/validate.ts');
    process.exitCode = validate(paths, options);
  });

program
  .command('run')
  .description('run a flow once on this machine and print what came of it')
  .argument('<path>', 'folder of a flow, or a JSON file')
  .option('-i, --input <file>', 'JSON file with the trigger data; - reads standard input')
  .option('-t, --trigger <node>', 'the trigger to start from, when the flow has several')
  .option('-c, --connections <file>', 'JSON file: role -> { type, fields }')
  .option('--demo', 'start the simulated systems and bind the roles to them', false)
  .option('--approve <outcome>', 'decide every task with this outcome instead of waiting')
  .option('--timeout <seconds>', 'give up after', positive, 60)
  .option('--json', 'print JSON', false)
  .action(async (path: string, options) => {
    const { runOnce } = await import('./commands/run.ts');
    process.exitCode = await runOnce(path, options);
  });

program
  .command('test')
  .description('run the test cases beside a flow')
  .argument('<path...>', 'folders of flows with tests/*.yaml')
  .option('--json', 'print JSON', false)
  .action(async (paths: string[], options: { json: boolean }) => {
    const { test } = await import('./commands/test.ts');
    process.exitCode = await test(paths, options);
  });

program
  .command('export')
  .description('write a flow of a server to a folder in the text format')
  .argument('<flow>', 'id of the flow')
  .requiredOption('-o, --out <folder>', 'where to write')
  .option('-v, --version-number <n>', 'a published version instead of the draft', positive)
  .option(...server)
  .option(...key)
  .action(async (flowId: string, options) => {
    const { exportFlow, remote } = await import('./commands/remote.ts');
    for (const file of await exportFlow(remote(options), flowId, options.out, options.versionNumber)) console.log(file);
  });

program
  .command('import')
  .description('make or update a flow of a server from a folder')
  .argument('<folder>', 'folder with flow.yaml')
  .option('-p, --publish <note>', 'publish it as a new version with this note')
  .option(...server)
  .option(...key)
  .action(async (folder: string, options) => {
    const { importFlow, remote } = await import('./commands/remote.ts');
    const { detail, version } = await importFlow(remote(options), folder, options.publish ?? null);
    console.log(
      `${detail.summary.id}: draft revision ${detail.summary.revision}${version ? `, published as version ${version.number}` : ''}`,
    );
  });

const simulators = program.command('simulators').description('the simulated outside systems');
simulators
  .command('list')
  .description('print name, addresses and test credentials of the simulators of the data folder')
  .option('--json', 'print JSON', false)
  .action(async (options: { json: boolean }) => {
    const { listSimulators } = await import('./commands/simulators.ts');
    process.exitCode = listSimulators(process.env, options);
  });

/** Prints an error the way people can act on, and chooses the exit code. */
function report(error: unknown): number {
  // Commander has printed its help or what is wrong with the words already.
  if (error instanceof CommanderError)
    return error.exitCode === 0 && error.code !== 'commander.help' ? exitCodes.ok : exitCodes.usage;
  if (error instanceof CliError) {
    console.error(`waybill: ${error.message}\n  ${error.fix}`);
    return error.exitCode;
  }
  if (error instanceof ApiError) {
    const { problem } = error;
    console.error(`waybill: ${problem.detail}\n  ${problem.fix}`);
    for (const each of problem.problems ?? []) console.error(`  ${each.path}: ${each.what}\n    ${each.fix}`);
    return problem.code === 'NO_ANSWER' ? exitCodes.notReachable : exitCodes.failed;
  }
  if (error instanceof FlowError) {
    console.error(`waybill: ${error.details.what}\n  ${error.details.fix}`);
    return exitCodes.failed;
  }
  console.error(error);
  return exitCodes.failed;
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
