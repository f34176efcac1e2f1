import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer, ServerConfig } from '@waybill/server';
import { ConfigError, readConfig, startServer } from '@waybill/server';
import { apiWithLink } from '../api-session.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { demoPassword, installDemoFirm } from '../demo/demo-firm.ts';
import type { SimulatorsProcess } from '../demo/simulators-process.ts';
import { startSimulatorsProcess } from '../demo/simulators-process.ts';
import { simulatorsFile } from './simulators.ts';

/** Written once the demo firm is in; its presence makes later starts bring the simulators up again. */
const markerFile = (config: ServerConfig): string => join(config.dataDir, 'demo-firm.json');

const journalFile = (config: ServerConfig): string => join(config.dataDir, 'journal.db');

/** The demo goes into an empty data folder only, and stays where it once was installed. */
const wantsDemo = (config: ServerConfig): boolean =>
  config.demo && (existsSync(markerFile(config)) || !existsSync(journalFile(config)));

const isInstalled = (config: ServerConfig): boolean =>
  existsSync(markerFile(config)) && readFileSync(markerFile(config), 'utf8').includes('"installed": true');

const mark = (config: ServerConfig, installed: boolean): void =>
  writeFileSync(markerFile(config), `${JSON.stringify({ installed }, null, 2)}\n`);

async function installOnce(config: ServerConfig, server: RunningServer, simulators: SimulatorsProcess): Promise<void> {
  if (isInstalled(config)) return;
  const link = await server.newSignInLink();
  if (!link)
    throw new CliError(
      'There is no administrator to install the demo with.',
      'Set WAYBILL_ADMIN_EMAIL and start again.',
    );
  await installDemoFirm(await apiWithLink(link), simulators.list);
  mark(config, true);
}

function config(env: NodeJS.ProcessEnv): ServerConfig {
  try {
    return readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError)
      throw new CliError(error.message, 'Correct the variable and start again.', exitCodes.usage);
    throw error;
  }
}

export interface Started {
  server: RunningServer;
  simulators: SimulatorsProcess | null;
  stop(): Promise<void>;
}

/** The simulated systems of the demo firm, from when the server asks for them. */
function demoSystems({ dataDir }: ServerConfig, randomPorts: boolean) {
  let running: SimulatorsProcess | null = null;
  return {
    running: () => running,
    async start(): Promise<void> {
      running = await startSimulatorsProcess(join(dataDir, 'simulators'), { randomPorts });
      writeFileSync(simulatorsFile(dataDir), `${JSON.stringify(running.list, null, 2)}\n`);
    },
    pages: () =>
      (running?.list ?? []).map(({ name, title, baseUrl, pages }) => ({
        name,
        title,
        url: baseUrl,
        pages: pages ?? [],
      })),
  };
}

/**
 * Starts the server and, if the demo is wanted, the simulators; installs the demo firm the first time. The server takes
 * the data folder first: that another Waybill works there says more than that a port is taken.
 */
export async function startPlatform(
  settings: ServerConfig,
  options: { randomSimulatorPorts: boolean },
): Promise<Started> {
  const isDemo = wantsDemo(settings);
  const demo = demoSystems(settings, options.randomSimulatorPorts);
  let server: RunningServer | null = null;
  const stop = async () => {
    await server?.stop();
    await demo.running()?.stop();
  };
  try {
    server = await startServer(settings, {
      simulators: demo.pages,
      ...(isDemo ? { beforeWork: demo.start } : {}),
    }).catch((error: unknown) => {
      // The folder is not empty any more, but the demo is still to come: a port that is taken must not cost it.
      if (isDemo && existsSync(journalFile(settings)) && !existsSync(markerFile(settings))) mark(settings, false);
      throw error;
    });
    const simulators = demo.running();
    if (simulators) await installOnce(settings, server, simulators);
    return { server, simulators, stop };
  } catch (error) {
    await stop();
    throw error instanceof ConfigError
      ? new CliError(error.message, 'Correct it and start again.', exitCodes.usage)
      : error;
  }
}

/** A signal stops the platform; one that comes while it still starts, as soon as that is over. A second one does nothing more. */
function stopOnSignal(started: Promise<Started>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      // A start that failed has said so and ends by itself.
      started
        .then((platform) => platform.stop())
        .then(
          () => process.exit(0),
          () => undefined,
        );
    });
  }
}

export async function start(env: NodeJS.ProcessEnv): Promise<void> {
  const starting = startPlatform(config(env), { randomSimulatorPorts: false });
  stopOnSignal(starting);
  const started = await starting;
  const link = await started.server.newSignInLink();
  const lines = [`Waybill runs at ${started.server.url}`, ...(link ? [`Sign in once, within the hour: ${link}`] : [])];
  const crm = started.simulators?.list.find((info) => info.name === 'salesforce');
  if (crm) {
    lines.push(`The simulated CRM: ${crm.baseUrl}  (close a deal there and watch the flow)`);
    lines.push(`Finance signs in as sofia.keller@waybill-demo.example, password ${demoPassword}`);
  }
  console.log(`\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}
