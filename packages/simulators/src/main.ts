/** Command line: `node packages/simulators/src/main.ts [--data DIR] [--only a,b] [--random-ports] [--with-parent] [--json]`. */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SimulatorInfo, SimulatorName } from './kernel/simulator.ts';
import { simulatorNames, startSimulators } from './start-simulators.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(process.env['WAYBILL_DATA'] ?? '.waybill', 'simulators') },
    only: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    'random-ports': { type: 'boolean', default: false },
    /** Ends when standard input does, so that it never outlives whoever started it, however that one ended. */
    'with-parent': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

try {
  const simulators = await startSimulators({
    dataDir: values.data,
    host: values.host,
    ...(values.only ? { names: namesOf(values.only) } : {}),
    ...(values['random-ports'] ? { ports: 'random' as const } : {}),
  });
  // First who may end it, then the word that it runs.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void simulators.stop().then(() => process.stdin.destroy()));
  if (values['with-parent']) process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM')).resume();
  const list = simulators.list();
  console.log(values.json ? JSON.stringify(list, null, 2) : list.map(describe).join('\n'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @throws {Error} naming the first unknown name. */
function namesOf(text: string): SimulatorName[] {
  return text.split(',').map((given) => {
    const known = simulatorNames.find((name) => name === given.trim());
    if (!known) throw new Error(`--only: there is no simulator "${given}". Known: ${simulatorNames.join(', ')}.`);
    return known;
  });
}

function describe(info: SimulatorInfo): string {
  const credentials = Object.entries(info.credentials).map(
    ([name, value]) => `    ${name}: ${value.includes('\n') ? '(shown by --json)' : value}`,
  );
  return [`${info.title}`, `  ${info.baseUrl}  ${info.httpsUrl}  (CA: ${info.caFile})`, ...credentials].join('\n');
}
