import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { ApiClient } from '@waybill/api-contract';
import { apiWithLink } from '../src/api-session.ts';

const main = resolve(import.meta.dirname, '../src/main.ts');
export const fixtures = resolve(import.meta.dirname, 'fixtures');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function launch(words: readonly string[], env: NodeJS.ProcessEnv) {
  const { WAYBILL_API_KEY: _key, PORT: _port, MONGODB_URI: _mongodb, ...rest } = process.env;
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...words], {
    env: { ...rest, NO_COLOR: '1', ...env },
  });
}

/** Runs the real command to its end. */
export function waybill(words: readonly string[], { env = {}, input = '' } = {}): Promise<Ended> {
  return new Promise((done, refuse) => {
    const child = launch(words, env);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.once('error', refuse);
    child.once('close', (code) => done({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

export interface StartedPlatform {
  url: string;
  dataDir: string;
  /** Signed in as the administrator. */
  admin: ApiClient;
  stop(): Promise<void>;
}

/** `waybill start` without the demo, on any free port, in a folder that goes away with it. */
export async function startedPlatform(): Promise<StartedPlatform> {
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-cli-'));
  const child = launch(['start'], { PORT: '0', WAYBILL_DATA: dataDir, WAYBILL_DEMO: 'off', WAYBILL_LOG: 'error' });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  for await (const line of createInterface(child.stdout)) {
    const link = /http:\S+\/sign-in\?token=\S+/.exec(line)?.[0];
    if (!link) continue;
    return {
      url: new URL(link).origin,
      dataDir,
      admin: await apiWithLink(link),
      async stop() {
        child.kill('SIGTERM');
        await ended;
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  }
  throw new Error(`waybill start ended without a sign-in link: ${said}`);
}
