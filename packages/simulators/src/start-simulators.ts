/** Starts the stand-ins in this process, each on its own http and https port. */
import { join } from 'node:path';
import { kantata } from './kantata/kantata.ts';
import { assertionKeys } from './kernel/assertion-keys.ts';
import type { AuditFilter, AuditRow } from './kernel/audit.ts';
import { serverCertificate } from './kernel/certificates.ts';
import { type HostedSimulator, hostSimulator } from './kernel/host.ts';
import type { RunningSimulator, SimulatorDefinition, SimulatorInfo, SimulatorName } from './kernel/simulator.ts';
import { netsuite } from './netsuite/netsuite.ts';
import { salesforce } from './salesforce/salesforce.ts';
import { slack } from './slack/slack.ts';

const definitions: readonly SimulatorDefinition[] = [salesforce, netsuite, kantata, slack];

export const simulatorNames: readonly SimulatorName[] = definitions.map(({ name }) => name);

/** The https port of a simulator lies this far above its http port. */
const httpsOffset = 100;

export interface StartOptions {
  /** Holds one SQLite file per simulator and the test CA. Made when absent. */
  readonly dataDir: string;
  /** Default: all. */
  readonly names?: readonly SimulatorName[];
  /** `'random'` for tests; otherwise http ports by name, the rest by default (4711 to 4714; https 100 above). */
  readonly ports?: 'random' | Partial<Record<SimulatorName, number>>;
  readonly host?: string;
  /** Epoch milliseconds; tests move it by hand. */
  readonly clock?: () => number;
}

export interface Simulators {
  list(): SimulatorInfo[];
  /** @throws {Error} if that simulator was not started. */
  get(name: SimulatorName): RunningSimulator;
  stop(): Promise<void>;
}

/** @throws {Error} naming the port and the simulator if a port is taken. */
export async function startSimulators(options: StartOptions): Promise<Simulators> {
  const certificate = await serverCertificate(options.dataDir);
  const keys = assertionKeys(options.dataDir);
  const running: HostedSimulator[] = [];
  try {
    for (const definition of definitions) {
      if (options.names && !options.names.includes(definition.name)) continue;
      running.push(
        await hostSimulator(definition, {
          dataDir: join(options.dataDir, definition.name),
          host: options.host ?? '127.0.0.1',
          ...portsOf(definition, options.ports ?? {}),
          certificate,
          keys,
          clock: options.clock ?? Date.now,
        }),
      );
    }
  } catch (error) {
    await Promise.all(running.map((simulator) => simulator.stop()));
    throw error;
  }

  return {
    list: () => running.map((simulator) => simulator.info),
    get: (name) => {
      const found = running.find((simulator) => simulator.info.name === name);
      if (!found) throw new Error(`The ${name} simulator was not started.`);
      return found;
    },
    stop: async () => void (await Promise.all(running.map((simulator) => simulator.stop()))),
  };
}

/** Writes that took effect on one simulator, oldest first. */
export function auditOf(simulators: Simulators, name: SimulatorName, filter: AuditFilter = {}): AuditRow[] {
  return simulators.get(name).audit(filter);
}

function portsOf(definition: SimulatorDefinition, ports: NonNullable<StartOptions['ports']>) {
  if (ports === 'random') return { httpPort: 0, httpsPort: 0 };
  const httpPort = ports[definition.name] ?? definition.defaultPort;
  return { httpPort, httpsPort: httpPort === 0 ? 0 : httpPort + httpsOffset };
}
