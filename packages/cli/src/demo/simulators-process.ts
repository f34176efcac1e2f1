import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CliError } from '../cli-error.ts';

/** What `packages/simulators` prints of each stand-in with `--json`. */
export interface SimulatorInfo {
  name: string;
  title: string;
  baseUrl: string;
  httpsUrl: string;
  caFile: string;
  credentials: Record<string, string>;
  pages?: { title: string; url: string }[];
}

export interface SimulatorsProcess {
  list: SimulatorInfo[];
  stop(): Promise<void>;
}

const simulatorsMain = join(dirname(createRequire(import.meta.url).resolve('@waybill/simulators')), 'main.ts');

/** Reads standard output until it is one whole JSON array. */
async function firstJsonArray(child: ChildProcess): Promise<SimulatorInfo[]> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (!text.trimEnd().endsWith(']')) continue;
    try {
      return JSON.parse(text) as SimulatorInfo[];
    } catch {
      // Not complete yet: an inner array ended with this chunk.
    }
  }
  throw new CliError(
    'The simulated systems ended before they were ready.',
    'Look at the message above. If a port is taken, stop the program that has it, often another Waybill, or start without the demo firm: WAYBILL_DEMO=off.',
  );
}

/**
 * Starts the simulated systems in a process of their own, so that the load and faults they make are outside the server.
 * @param dataFolder holds their state across restarts.
 */
export async function startSimulatorsProcess(
  dataFolder: string,
  options: { randomPorts: boolean },
): Promise<SimulatorsProcess> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      simulatorsMain,
      '--json',
      '--with-parent',
      '--data',
      dataFolder,
      ...(options.randomPorts ? ['--random-ports'] : []),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const list = await firstJsonArray(child);
  child.stdout?.resume();
  return {
    list,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
