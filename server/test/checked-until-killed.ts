/**
 * A server that kills itself once a decision, or what the run makes of it, is on disk. Prints its address.
 * Arguments: data folder, folder of built nodes, kill point.
 */
import { pino } from 'pino';
import { readConfig, startServer } from '../src/index.ts';

const [dataDir = '', bundlesDir = '', killPoint = ''] = process.argv.slice(2);

/** SIGKILL: nothing of this process runs any more, not even what was about to be written. */
const die = async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
};

const config = { ...readConfig({}), port: 0, dataDir, bundlesDir, demo: false, runners: 1 };
const server = await startServer(config, { log: pino({ level: 'silent' }) });
const { store, journal } = server.platform;
const { decide } = store.tasks;
store.tasks.decide = async (...given) => {
  const decided = await decide(...given);
  if (killPoint === 'decided') await die();
  return decided;
};
const { append } = journal;
journal.append = async (...given) => {
  const appended = await append.apply(journal, given);
  const types = given[2].map(({ type }) => type);
  if (killPoint === 'told' && types.includes('inbox')) await die();
  if (killPoint === 'gone back' && types.includes('went-back')) await die();
  return appended;
};
process.stdout.write(`http://127.0.0.1:${server.port}\n`);
