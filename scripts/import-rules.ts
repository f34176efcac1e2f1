/** Which folder may import what, as pure decisions over the text of the files. */
import { dirname, join, normalize } from 'node:path/posix';
import type { FoundImport } from './import-scanner.ts';
import { importsIn } from './import-scanner.ts';

/** What one folder may import of ours; `types` only as `import type`. */
interface Rule {
  readonly may: readonly string[];
  readonly types?: readonly string[];
}

const EVERY_PACKAGE = [
  '@waybill/flow-model',
  '@waybill/node-sdk',
  '@waybill/canonical',
  '@waybill/engine',
  '@waybill/records',
  '@waybill/sandbox',
  '@waybill/mongoose-sqlite',
  '@waybill/store',
  '@waybill/api-contract',
  '@waybill/simulators',
];

/** The import table; the README of each folder says why. */
const importTable: Readonly<Record<string, Rule>> = {
  'packages/flow-model': { may: [] },
  'packages/node-sdk': { may: ['@waybill/flow-model'] },
  'packages/canonical': { may: ['@waybill/flow-model'] },
  'packages/engine': { may: ['@waybill/flow-model'], types: ['@waybill/node-sdk'] },
  'packages/records': {
    may: ['@waybill/engine/ports', '@waybill/node-sdk', '@waybill/flow-model'],
  },
  'packages/sandbox': {
    may: ['@waybill/engine/ports', '@waybill/node-sdk', '@waybill/flow-model', '@waybill/records'],
    types: ['@waybill/engine'],
  },
  'packages/mongoose-sqlite': { may: [] },
  'packages/store': {
    may: ['@waybill/engine/ports', '@waybill/flow-model', '@waybill/canonical', '@waybill/mongoose-sqlite'],
    types: ['@waybill/engine'],
  },
  'packages/api-contract': { may: ['@waybill/flow-model'] },
  'packages/simulators': { may: [] },
  'packages/cli': { may: [...EVERY_PACKAGE, '@waybill/server'] },
  'nodes/*': { may: ['@waybill/node-sdk', '@waybill/canonical'], types: ['@waybill/flow-model'] },
  server: { may: EVERY_PACKAGE },
  editor: { may: ['@waybill/flow-model', '@waybill/api-contract'] },
};

/** Entry points that only tests may import. */
const TEST_ENTRIES = ['@waybill/engine/testing', '@waybill/node-sdk/contract'];

export interface PackageInfo {
  /** From the top of the repository, e.g. `packages/engine`. */
  readonly folder: string;
  readonly name: string;
  /** Entry points by what is imported: `@waybill/engine/ports` -> file from the top of the repository. */
  readonly entries: Readonly<Record<string, string>>;
}

export interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface ImportFault {
  readonly path: string;
  readonly line: number;
  readonly what: string;
  readonly fix: string;
}

const isTestFile = (path: string): boolean =>
  /\.(test|bench)\.tsx?$/.test(path) || /\/(test|tests|testing|contract)\//.test(path);

/** Every forbidden import and every cycle, in the order of the files. */
export function importFaults(files: readonly SourceFile[], packages: readonly PackageInfo[]): ImportFault[] {
  const known = new Set(files.map((file) => file.path));
  const graph = new Map<string, string[]>();
  const faults = files.flatMap((file) => {
    const own = packages.find(({ folder }) => file.path.startsWith(`${folder}/`));
    if (!own) return [];
    const imports = importsIn(file.text);
    const needed = imports.filter(
      ({ typeOnly, dynamic, specifier }) => !typeOnly && !dynamic && specifier.startsWith('.'),
    );
    graph.set(
      file.path,
      needed.map(({ specifier }) => target(file.path, specifier)).filter((path) => known.has(path)),
    );
    return imports.flatMap((found) => faultOf(file.path, found, own, packages) ?? []);
  });
  return [...faults, ...cycleFaults(graph)];
}

const target = (from: string, specifier: string): string => normalize(join(dirname(from), specifier));

function faultOf(
  path: string,
  found: FoundImport,
  own: PackageInfo,
  packages: readonly PackageInfo[],
): ImportFault | null {
  const fault = (what: string, fix: string): ImportFault => ({ path, line: found.line, what, fix });
  if (found.exportsAll) return fault(`export * from '${found.specifier}'`, 'name what is exported');
  if (found.specifier.startsWith('.')) return relativeFault(path, found, own, fault);
  if (!found.specifier.startsWith('@waybill/')) return null;
  return packageFault(path, found, own, packages, fault);
}

type Fault = (what: string, fix: string) => ImportFault;

function relativeFault(path: string, found: FoundImport, own: PackageInfo, fault: Fault): ImportFault | null {
  const to = target(path, found.specifier);
  if (!to.startsWith(`${own.folder}/`)) {
    return fault(
      `'${found.specifier}' leaves ${own.folder}`,
      'import the other package by its name, through its entry point',
    );
  }
  const isOwnEntry = to === own.entries[own.name] && to.endsWith('/index.ts');
  if (!isOwnEntry || isTestFile(path) || path === to) return null;
  return fault(
    `'${found.specifier}' is this package's own index.ts`,
    'import the file that declares it: barrels start cycles',
  );
}

function packageFault(
  path: string,
  found: FoundImport,
  own: PackageInfo,
  packages: readonly PackageInfo[],
  fault: Fault,
): ImportFault | null {
  const { specifier } = found;
  const name = specifier.split('/').slice(0, 2).join('/');
  const other = packages.find((candidate) => candidate.name === name);
  if (!other) return fault(`'${specifier}' names no package of this repository`, 'correct the name');
  if (!Object.hasOwn(other.entries, specifier)) {
    const entries = Object.keys(other.entries).join(', ');
    return fault(`'${specifier}' reaches into ${name}`, `import from ${entries}; export there what is missing`);
  }
  if (isTestFile(path)) return null;
  if (name === own.name) return fault(`'${specifier}' is this package itself`, 'import the file that declares it');
  if (TEST_ENTRIES.includes(specifier)) return fault(`'${specifier}' is for tests`, 'move the use into a test');
  const rule = importTable[own.folder] ?? importTable[`${own.folder.split('/')[0]}/*`];
  if (!rule) return fault(`${own.folder} is not in the import table`, 'add it to scripts/import-rules.ts');
  if (isAllowed(rule, found)) return null;
  const typesOnly = rule.types?.includes(specifier);
  if (typesOnly)
    return fault(`'${specifier}' is imported as a value`, `use import type: ${own.folder} may know its types only`);
  const allowed =
    [...rule.may, ...(rule.types ?? []).map((type) => `types of ${type}`)].join(', ') || 'nothing of ours';
  const fix = 'declare a small port here and have it handed in, or move the code to where it may import this';
  return fault(`'${specifier}': ${own.folder} may import ${allowed}`, fix);
}

/** An allowed package allows each of its entry points, one named entry point only itself. */
function isAllowed(rule: Rule, { specifier, typeOnly }: FoundImport): boolean {
  const covers = (allowed: string) => specifier === allowed || specifier.startsWith(`${allowed}/`);
  return rule.may.some(covers) || (typeOnly && (rule.types ?? []).some(covers));
}

/** One fault per closed chain of value imports; types vanish before run time and may be mutual. */
function cycleFaults(graph: ReadonlyMap<string, readonly string[]>): ImportFault[] {
  const faults: ImportFault[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, chain: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      const cycle = [...chain.slice(chain.indexOf(path)), path];
      const what = `these files import each other: ${cycle.join(' -> ')}`;
      faults.push({ path, line: 1, what, fix: 'move what both need into a file of its own' });
      return;
    }
    state.set(path, 'open');
    for (const next of graph.get(path) ?? []) visit(next, [...chain, path]);
    state.set(path, 'done');
  };
  for (const path of graph.keys()) visit(path, []);
  return faults;
}
