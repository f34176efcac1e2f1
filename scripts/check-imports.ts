/** `node scripts/check-imports.ts [root]`: lists imports that break the import table and exits 1 if there are any. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PackageInfo, SourceFile } from './import-rules.ts';
import { importFaults } from './import-rules.ts';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));

const find = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: (name) => /(^|\/)(node_modules|dist)(\/|$)/.test(String(name)) })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();

function packageAt(manifestPath: string): PackageInfo {
  const manifest = JSON.parse(readFileSync(join(root, manifestPath), 'utf8')) as {
    name: string;
    exports?: Record<string, string>;
  };
  const folder = dirname(manifestPath);
  const entries = Object.entries(manifest.exports ?? {}).map(([entry, file]) => [
    entry === '.' ? manifest.name : `${manifest.name}/${entry.slice(2)}`,
    join(folder, file).replaceAll('\\', '/'),
  ]);
  return { folder, name: manifest.name, entries: Object.fromEntries(entries) };
}

const packages = ['packages/*', 'nodes/*', 'server', 'editor']
  .flatMap((folder) => find(`${folder}/package.json`))
  .filter((path) => existsSync(join(root, path)))
  .map(packageAt);

const files = packages
  .flatMap(({ folder }) => [...find(`${folder}/src/**/*.{ts,tsx}`), ...find(`${folder}/test/**/*.{ts,tsx}`)])
  .filter((path) => !path.endsWith('.d.ts') && !path.includes('/fixtures/'))
  .map((path): SourceFile => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const faults = importFaults(files, packages);
for (const { path, line, what, fix } of faults) console.error(`${path}:${line}  ${what}\n    ${fix}`);
console.log(`${files.length} files in ${packages.length} packages: ${faults.length} forbidden imports`);
process.exitCode = faults.length > 0 ? 1 : 0;
