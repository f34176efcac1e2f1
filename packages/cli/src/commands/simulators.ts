import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError, exitCodes } from '../cli-error.ts';
import type { SimulatorInfo } from '../demo/simulators-process.ts';

/** Where `start` notes the addresses of the simulators it runs. */
export const simulatorsFile = (dataFolder: string): string => join(dataFolder, 'simulators.json');

export function listSimulators(env: NodeJS.ProcessEnv, options: { json: boolean }): number {
  const file = simulatorsFile(resolve(env['WAYBILL_DATA'] ?? '.waybill'));
  if (!existsSync(file)) {
    throw new CliError(
      'No simulators are running from this data folder.',
      'Start the demo with `npm start`, or set WAYBILL_DATA to its data folder.',
    );
  }
  const list = JSON.parse(readFileSync(file, 'utf8')) as SimulatorInfo[];
  if (options.json) console.log(JSON.stringify(list, null, 2));
  else for (const each of list) console.log(`${each.name.padEnd(12)} ${each.baseUrl}  ${each.httpsUrl}  ${each.title}`);
  return exitCodes.ok;
}
