import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createOutbox } from '../outbox.ts';
import type { Crossing, FromRunner, RunnerSetup, ToRunner } from '../protocol.ts';
import { CHUNK_FD, CHUNK_HEADER_BYTES } from '../protocol.ts';
import { RUNNER_FILE } from '../runner-file.ts';

const PAGE_BYTES = 4096;
/** How much of a dying process's last words is kept. */
const LAST_WORDS_CHARS = 4_000;

/** V8 and Node switches of a runner. */
const runnerFlags = [
  // Memory of WebAssembly is not counted against an isolate; contexts lose the name, this bounds the engine.
  '--wasm-max-mem-pages=1024',
  // The runner's own context never turns text into code; isolates decide for themselves, see lockdown.
  '--disallow-code-generation-from-strings',
  // Bounds what a runner keeps of the short-lived rubbish of large chunks.
  '--max-semi-space-size=2',
  '--single-threaded-gc',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=SecurityWarning',
];

/**
 * The whole environment of a runner. glibc keeps a pool of freed memory per thread, and an isolate has several; one pool whose
 * end is given back is enough here. Other C libraries do not read these names.
 */
const runnerEnv = { TZ: 'UTC', MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' };

/**
 * Node's permission model on top: should a guest ever break out of V8, its process may read the code it is made
 * of, but neither write nor start programs or threads. The one addon is isolated-vm.
 */
function permissions(setup: RunnerSetup): string[] {
  const own = fileURLToPath(new URL('../..', import.meta.url));
  const isolatedVm = createRequire(import.meta.url).resolve('isolated-vm/package.json');
  const loader = createRequire(isolatedVm).resolve('node-gyp-build/package.json');
  // The folder around isolated-vm as well: with pnpm, that is where it finds its loader.
  const folders = [own, dirname(isolatedVm), dirname(dirname(isolatedVm)), dirname(loader), setup.bundlesDir];
  const readable = folders.flatMap((path) => [resolve(path), realpathSync(path)]);
  // The loader asks which C library this is, and looks next to the Node binary.
  const asked = ['/etc/alpine-release', `${dirname(process.execPath)}${sep}*`];
  const patterns = new Set([...readable.map((path) => `${path}${sep}*`), ...asked]);
  return ['--permission', '--allow-addons', ...[...patterns].map((pattern) => `--allow-fs-read=${pattern}`)];
}

export interface RunnerProcess {
  readonly pid: number;
  send(message: ToRunner): void;
  /** Resident bytes now; undefined where only the process itself can tell. */
  residentBytes(): number | undefined;
  kill(): void;
}

export interface RunnerEvents {
  message(message: FromRunner): void;
  /** Once, after the process is gone. `lastWords` is the end of what it wrote to standard error. */
  exit(how: { code: number | null; signal: string | null; lastWords: string }): void;
}

/** Starts a runner: no environment of the server's, no inherited files, a temporary working folder, first in line when memory is short. */
export function startRunnerProcess(setup: RunnerSetup, events: RunnerEvents): RunnerProcess {
  const child = fork(join(setup.bundlesDir, RUNNER_FILE), [JSON.stringify(setup)], {
    execArgv: [...runnerFlags, ...permissions(setup)],
    env: runnerEnv,
    cwd: tmpdir(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
  });
  let lastWords = '';
  let isGone = false;
  /** A batch is on its way and nothing was heard since: what comes up now goes with the next one. */
  let isUnanswered = false;
  const outbox = createOutbox<Crossing>(
    (batch) => {
      isUnanswered = true;
      if (child.connected) child.send(batch);
    },
    () => isUnanswered,
  );
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_CHARS);
  });
  child.on('message', (batch: FromRunner[]) => {
    isUnanswered = false;
    outbox.release();
    for (const message of batch) if (!isGone) events.message(message);
  });
  const gone = (code: number | null, signal: string | null) => {
    if (isGone) return;
    isGone = true;
    events.exit({ code, signal, lastWords });
  };
  child.on('close', gone);
  child.on('error', (error) => {
    lastWords += error.message;
    if (child.pid === undefined) gone(null, null);
  });
  // Whoever reads it has ended; that is told by its exit.
  child.stdio[CHUNK_FD]?.on('error', () => {});
  offerToKernel(child);
  return {
    pid: child.pid ?? 0,
    send(message) {
      if (message.t !== 'records') {
        outbox.push(message);
        return;
      }
      const { bytes, ...rest } = message;
      outbox.push(rest);
      sendChunk(child, bytes);
    },
    residentBytes: () => residentBytes(child),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Without a copy: the bytes stay as they are until the runner has answered. */
function sendChunk(child: ChildProcess, bytes: Uint8Array): void {
  const pipe = child.stdio[CHUNK_FD];
  if (!(pipe instanceof Writable) || pipe.destroyed) return; // It has ended; its exit is on the way.
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  header.writeUInt32LE(bytes.length);
  pipe.cork();
  pipe.write(header);
  pipe.write(bytes);
  pipe.uncork();
}

function residentBytes(child: ChildProcess): number | undefined {
  if (process.platform !== 'linux' || child.pid === undefined) return undefined;
  try {
    const pages = readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1];
    return Number(pages) * PAGE_BYTES;
  } catch {
    return undefined; // It has just ended; its exit is on the way.
  }
}

/** If the machine runs out of memory, a runner is to go before the server. */
function offerToKernel(child: ChildProcess): void {
  if (process.platform !== 'linux' || child.pid === undefined) return;
  try {
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, '1000');
  } catch {
    // Not permitted here: the watchdog on resident memory still holds.
  }
}
