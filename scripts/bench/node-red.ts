// The neighbour of the HTTP benchmark: Node-RED with the same flow, webhook -> three HTTP calls -> respond.
// Node-RED is no dependency of Waybill: it is installed from the registry into the tools folder when a benchmark asks for it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Served } from './process.ts';
import { stopChild } from './process.ts';

const version = '5.0.7';
const folder = join(import.meta.dirname, '..', '..', '.tools', 'node-red');

/** @returns false if it cannot be installed; the benchmark then says so. */
function install(): boolean {
  if (existsSync(join(folder, 'node_modules', 'node-red', 'package.json'))) return true;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `node-red@${version}`];
  return spawnSync('npm', args, { cwd: folder, stdio: 'inherit' }).status === 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Three HTTP request nodes in a row between http-in and http-response, as a Node-RED user would draw it. */
function flowOf(target: string): object[] {
  const call = (id: string, next: string) => ({
    id,
    type: 'http request',
    z: 'tab',
    method: 'GET',
    ret: 'obj',
    paytoqs: 'ignore',
    url: target,
    persist: true,
    wires: [[next]],
  });
  return [
    { id: 'tab', type: 'tab', label: 'bench' },
    { id: 'in', type: 'http in', z: 'tab', url: '/hook', method: 'post', wires: [['a']] },
    call('a', 'b'),
    call('b', 'c'),
    call('c', 'shape'),
    {
      id: 'shape',
      type: 'change',
      z: 'tab',
      rules: [{ t: 'set', p: 'payload', pt: 'msg', to: '{"rate": payload.rate}', tot: 'jsonata' }],
      wires: [['out']],
    },
    { id: 'out', type: 'http response', z: 'tab', statusCode: '200', wires: [] },
  ];
}

/** Starts Node-RED with the benchmark flow against `target`; null if it cannot be had. */
export async function serveNodeRed(target: string): Promise<Served | null> {
  if (!install()) return null;
  const port = await freePort();
  const userDir = mkdtempSync(join(tmpdir(), 'waybill-node-red-'));
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flowOf(target)));
  const settings = {
    uiPort: port,
    uiHost: '127.0.0.1',
    flowFile: 'flows.json',
    httpAdminRoot: false,
    telemetry: { enabled: false },
    logging: { console: { level: 'error' } },
  };
  writeFileSync(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};`);
  const child = spawn(process.execPath, [join(folder, 'node_modules', 'node-red', 'red.js'), '--userDir', userDir], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}/hook`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }).catch(() => null);
    if (reply?.status === 200) {
      return {
        ready: { url },
        pid: child.pid ?? 0,
        stop: async () => {
          await stopChild(child);
          rmSync(userDir, { recursive: true, force: true });
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stopChild(child);
  throw new Error('Node-RED did not answer within 20 s');
}
