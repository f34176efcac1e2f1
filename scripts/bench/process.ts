import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LoadResult } from './load.ts';

const here = import.meta.dirname;

export interface Served {
  /** First JSON line the process printed. */
  ready: Record<string, string>;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a script of this folder and waits for its first JSON line. */
export async function serve(script: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(here, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  return { ready: await firstJsonLine(child, script), pid: child.pid ?? 0, stop: () => stopChild(child) };
}

export async function firstJsonLine(child: ChildProcess, name: string): Promise<Record<string, string>> {
  if (!child.stdout) throw new Error(`${name} has no output`);
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    if (!line.startsWith('{')) continue;
    child.stdout.resume();
    return JSON.parse(line) as Record<string, string>;
  }
  throw new Error(`${name} ended before it was ready`);
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

export interface LoadOptions {
  inFlight: number;
  warmUpMs: number;
  measureMs: number;
  body: unknown;
}

/** One measurement of a URL by the load generator in its own process. */
export async function load(url: string, options: LoadOptions): Promise<LoadResult> {
  const { inFlight, warmUpMs, measureMs, body } = options;
  const args = [url, inFlight, warmUpMs, measureMs, JSON.stringify(body)].map(String);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(here, 'load.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await firstJsonLine(child, 'load generator')) as unknown as LoadResult;
}

export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
