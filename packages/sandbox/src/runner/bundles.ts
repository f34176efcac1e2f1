import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ivm from 'isolated-vm';

const LOAD_TIMEOUT_MS = 10_000;
const LOAD_MEMORY_MB = 128;

export type Snapshot = ivm.ExternalCopy<ArrayBuffer>;

/** Scripts of the bundles folder as heap snapshots, so that a context starts with its libraries in place. */
export function createSnapshots(bundlesDir: string) {
  const made = new Map<string, Promise<Snapshot>>();
  const read = (name: string) => readFileSync(join(bundlesDir, `${name}.js`), 'utf8');

  async function make(guest: string, bundle: string | null): Promise<Snapshot> {
    const scripts = [{ code: read(guest), filename: `${guest}.js` }];
    if (bundle !== null) {
      const code = read(bundle);
      // Once under limits: making a snapshot has none, and a package's top level is not ours.
      await tryLoading(scripts[0]!.code, code, bundle);
      scripts.push({ code, filename: `${bundle}.js` });
    }
    return ivm.Isolate.createSnapshot(scripts);
  }
  return {
    forBundle(bundle: string): Promise<Snapshot> {
      let snapshot = made.get(bundle);
      if (!snapshot) {
        snapshot = make('guest', bundle);
        made.set(bundle, snapshot);
        snapshot.catch(() => made.delete(bundle));
      }
      return snapshot;
    },
    forCode(): Promise<Snapshot> {
      const name = ':code';
      const snapshot = made.get(name) ?? make('code', null);
      made.set(name, snapshot);
      return snapshot;
    },
  };
}

async function tryLoading(guest: string, code: string, bundle: string): Promise<void> {
  const isolate = new ivm.Isolate({ memoryLimit: LOAD_MEMORY_MB });
  try {
    const context = await isolate.createContext();
    await context.eval(guest, { timeout: LOAD_TIMEOUT_MS });
    await context.eval(code, { timeout: LOAD_TIMEOUT_MS, filename: `${bundle}.js` });
    const found = await context.eval(`Array.isArray(globalThis.__waybillPackage?.nodePackage?.nodes)`);
    if (found !== true) throw new Error('it exports no nodePackage');
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}

/** Runs a package's script in an isolate of its own and reads its manifests. @returns JSON. */
export async function readManifests(
  bundlesDir: string,
  source: string,
  timeoutMs: number,
  memoryMb: number,
): Promise<string> {
  const isolate = new ivm.Isolate({ memoryLimit: memoryMb });
  try {
    const context = await isolate.createContext();
    await context.eval(readFileSync(join(bundlesDir, 'inspect.js'), 'utf8'), { timeout: timeoutMs });
    await context.eval(source, { timeout: timeoutMs });
    const json: unknown = await context.eval('__waybillGuest.inspect(__waybillPackage.nodePackage)', {
      timeout: timeoutMs,
    });
    if (typeof json !== 'string') throw new Error('its manifests are no text');
    return json;
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}
