/**
 * The platform as people start it: `waybill start` in a process of its own, that a test may kill and start again.
 * The simulated systems stay in the test's process, so they outlive every kill and show what really reached them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'src', 'main.ts');

/** Below those that systems give to outgoing connections and to listeners on port 0 by themselves. */
const portRange = { first: 12_000, last: 31_999 };

/** A port nobody listens on at the moment of asking, and that nobody is given unasked while its server is restarted. */
export async function freePort(): Promise<number> {
  const port = randomInt(portRange.first, portRange.last + 1);
  const server = createServer();
  const isFree = new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true));
    server.once('error', () => resolve(false));
  });
  server.listen(port, '127.0.0.1');
  if (!(await isFree)) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard output and error together. */
  printed: string;
}

export interface PlatformProcess {
  url: string;
  signInLink: string;
  pid: number;
  /** What it has printed so far. */
  printed(): string;
  /** SIGKILL: no handler of the process runs. */
  kill(): Promise<Ended>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<Ended>;
  /** Sends SIGTERM and waits for nothing; `ended` tells when it is over. */
  terminate(): void;
  ended: Promise<Ended>;
}

export interface PlatformOptions {
  dataDir: string;
  port: number;
  env?: Record<string, string>;
}

function launch({ dataDir, port, env }: PlatformOptions): { child: ChildProcess; printed: () => string } {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(WAYBILL_|PORT$|MONGODB_URI$|REDIS_URL$|NODE_ENV$|VITEST)/.test(name),
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'start'], {
    env: {
      ...Object.fromEntries(inherited),
      PORT: String(port),
      WAYBILL_DATA: dataDir,
      WAYBILL_DEMO: 'off',
      WAYBILL_LOG: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
  });
  return { child, printed: () => text };
}

const endOf = async (child: ChildProcess, printed: () => string): Promise<Ended> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, printed: printed() };
};

/** For starts that are expected to be refused: resolves with what was printed. */
export async function startRefused(options: PlatformOptions): Promise<Ended> {
  const { child, printed } = launch(options);
  return endOf(child, printed);
}

/** Resolves when the platform says where it runs; rejects with what it printed if it ends before. */
export async function startPlatformProcess(options: PlatformOptions): Promise<PlatformProcess> {
  const { child, printed } = launch(options);
  const ended = endOf(child, printed);
  const ready = new Promise<RegExpExecArray>((resolve) => {
    const look = () => {
      const found = /runs at (\S+)[\s\S]*?within the hour: (\S+)/.exec(printed());
      if (found) resolve(found);
    };
    child.stdout?.on('data', look);
  });
  const first = await Promise.race([ready, ended]);
  if (!Array.isArray(first)) throw new Error(`The platform ended with ${first.code}:\n${first.printed}`);
  const [, url = '', signInLink = ''] = first;
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(name);
    return ended;
  };
  return {
    url,
    signInLink,
    pid: child.pid ?? 0,
    printed,
    kill: () => signal('SIGKILL'),
    stop: () => signal('SIGTERM'),
    terminate: () => void signal('SIGTERM'),
    ended,
  };
}
