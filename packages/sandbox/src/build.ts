import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import { build } from 'esbuild';
import type { CatalogPackage } from './catalog.ts';
import { catalogOf } from './catalog.ts';
import { CORE_BUNDLE } from './core-bundle.ts';
import { RUNNER_FILE } from './runner-file.ts';
import { createSandbox } from './sandbox.ts';

const guestDir = fileURLToPath(new URL('./guest/', import.meta.url));

/**
 * `import { z } from 'zod'` brings all of zod, each language of its messages included; the same import as a
 * namespace brings what is used. A context starts several times faster without the rest.
 */
const leanZod: Plugin = {
  name: 'lean-zod',
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/^import \{ z \} from 'zod';/m, "import * as z from 'zod';"),
      loader: 'ts',
    }));
  },
};

/** Everything an isolate runs: one script, no modules, no platform. */
const guestTarget = {
  bundle: true,
  format: 'iife',
  platform: 'neutral',
  target: 'es2024',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'silent',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [leanZod],
} satisfies BuildOptions;

/** The program of a runner process; it lies apart from the one addon it loads. */
const addonInPlace: Plugin = {
  name: 'addon-in-place',
  setup(builder) {
    const path = pathToFileURL(createRequire(import.meta.url).resolve('isolated-vm')).href;
    builder.onResolve({ filter: /^isolated-vm$/ }, () => ({ path, external: true }));
  },
};

/**
 * Builds the scripts that surround node code inside isolates, and the program that holds the isolates: as one script
 * without types, a runner needs no compiler of its own, which would cost each of them 10 MB.
 */
async function buildGuests(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  const entries = { guest: 'main.ts', code: 'code-main.ts', inspect: 'inspect-main.ts' };
  await Promise.all([
    ...Object.entries(entries).map(([name, file]) =>
      build({ ...guestTarget, entryPoints: [join(guestDir, file)], outfile: join(outDir, `${name}.js`) }),
    ),
    build({
      entryPoints: [fileURLToPath(new URL('./runner/main.ts', import.meta.url))],
      outfile: join(outDir, RUNNER_FILE),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      logLevel: 'silent',
      plugins: [addonInPlace],
    }),
  ]);
}

export type PackageSource = {
  bundle: string;
  /** Reviewed for keeping nothing of a run at module level: its context may serve one run after the other. */
  shared?: boolean;
} & (
  | { entryFile: string }
  /** `contents` resolves its imports from `resolveDir`. */
  | { contents: string; resolveDir: string }
);

/** Builds one node package to `<outDir>/<bundle>.js`; its entry exports `nodePackage`. @returns the script. */
export async function buildPackage(source: PackageSource, outDir: string): Promise<string> {
  const outfile = join(outDir, `${source.bundle}.js`);
  const input: BuildOptions =
    'entryFile' in source
      ? { entryPoints: [source.entryFile] }
      : { stdin: { contents: source.contents, resolveDir: source.resolveDir, loader: 'ts' } };
  const built = await build({
    ...guestTarget,
    ...input,
    outfile,
    globalName: 'loaded',
    // Not a script-level variable: those cannot be deleted, and the runner takes the name away once read.
    banner: { js: '(() => {' },
    footer: {
      js: "Object.defineProperty(globalThis, '__waybillPackage', { value: loaded, configurable: true });})();",
    },
    sourcemap: 'external',
    write: false,
  });
  await mkdir(outDir, { recursive: true });
  await Promise.all(built.outputFiles.map((file) => writeFile(file.path, file.contents)));
  return built.outputFiles.find((file) => file.path.endsWith('.js'))!.text;
}

/**
 * Fills `outDir` from nothing: the guest scripts, one script per package, and `manifests.json`, which is
 * read from the packages inside isolates, so that no node code runs in this process.
 */
export async function buildBundles(sources: readonly PackageSource[], outDir: string): Promise<CatalogPackage[]> {
  await rm(outDir, { recursive: true, force: true });
  await buildGuests(outDir);
  const refuse = async (): Promise<never> => {
    throw new Error('nothing may be called while packages are read');
  };
  const capabilities = {
    http: refuse,
    crosswalkFind: refuse,
    crosswalkFindMany: refuse,
    crosswalkLink: refuse,
    crosswalkUnlink: refuse,
    tableLookup: refuse,
    tableLookupMany: refuse,
  };
  const sandbox = await createSandbox({ runners: 1, bundlesDir: outDir, catalog: catalogOf([]), capabilities });
  try {
    const packages: CatalogPackage[] = [];
    for (const source of sources) {
      const script = await buildPackage(source, outDir);
      const { name, manifests, credentials } = await sandbox.inspectPackage(script);
      const shared = source.shared === true || source.bundle === CORE_BUNDLE;
      packages.push({ bundle: source.bundle, name, manifests, credentials, shared });
    }
    catalogOf(packages);
    await writeFile(join(outDir, 'manifests.json'), `${JSON.stringify(packages, null, 1)}\n`);
    return packages;
  } finally {
    await sandbox.stop();
  }
}
