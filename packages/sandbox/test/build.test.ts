import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildBundles, buildPackage } from '../src/build.ts';
import { loadCatalog } from '../src/catalog.ts';
import { createSandbox } from '../src/sandbox.ts';
import { corePackage, inlinePackage, noCapabilities } from './harness.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-build-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const node = (type: string) => `defineNode({ ...base, type: '${type}', run: ({ emit }) => emit('done', 0) })`;
const packageOf = (name: string, ...nodes: string[]) =>
  inlinePackage(
    name,
    `export const nodePackage = defineNodePackage({ name: '${name}', credentials: [], nodes: [${nodes}] });`,
  );

it('reads manifests and credentials of packages into a catalog', async () => {
  await buildBundles([corePackage, packageOf('tiny', node('tiny.one'))], folder);
  const catalog = loadCatalog(folder);
  expect(catalog.manifests.map(({ type }) => type)).toEqual(expect.arrayContaining(['core.map', 'tiny.one']));
  expect(catalog.credentials.map(({ type }) => type)).toContain('inbound-hmac');
});

it('refuses two packages with the same node', async () => {
  const both = [packageOf('one', node('same.node')), packageOf('two', node('same.node'))];
  await expect(buildBundles(both, folder)).rejects.toThrow('same.node is in two packages: one and two');
});

it('refuses a package without an entry', async () => {
  await expect(buildBundles([inlinePackage('empty', 'export const other = 1;')], folder)).rejects.toThrow(
    'could not be loaded',
  );
});

it('reads a hostile package without harm', async () => {
  await buildBundles([], folder);
  const sandbox = await createSandbox({ runners: 1, bundlesDir: folder, capabilities: noCapabilities });
  try {
    const grow = await buildPackage(
      inlinePackage('grow', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, {});'),
      folder,
    );
    await expect(sandbox.inspectPackage(grow)).rejects.toThrow();
    const fine = await buildPackage(packageOf('fine', node('fine.one')), folder);
    expect((await sandbox.inspectPackage(fine)).name).toBe('fine');
  } finally {
    await sandbox.stop();
  }
});
