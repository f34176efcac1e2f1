import { expect, it } from 'vitest';
import { importFaults } from './import-rules.ts';

const packages = [
  {
    folder: 'packages/flow-model',
    name: '@waybill/flow-model',
    entries: { '@waybill/flow-model': 'packages/flow-model/src/index.ts' },
  },
  {
    folder: 'packages/node-sdk',
    name: '@waybill/node-sdk',
    entries: {
      '@waybill/node-sdk': 'packages/node-sdk/src/index.ts',
      '@waybill/node-sdk/contract': 'packages/node-sdk/src/contract/index.ts',
    },
  },
  {
    folder: 'packages/engine',
    name: '@waybill/engine',
    entries: {
      '@waybill/engine': 'packages/engine/src/index.ts',
      '@waybill/engine/ports': 'packages/engine/src/ports/index.ts',
      '@waybill/engine/testing': 'packages/engine/src/testing/index.ts',
    },
  },
  { folder: 'packages/store', name: '@waybill/store', entries: { '@waybill/store': 'packages/store/src/index.ts' } },
  {
    folder: 'nodes/slack',
    name: '@waybill/node-slack',
    entries: { '@waybill/node-slack': 'nodes/slack/src/index.ts' },
  },
  { folder: 'server', name: '@waybill/server', entries: { '@waybill/server': 'server/src/index.ts' } },
];

const faults = (files: Record<string, string>) =>
  importFaults(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    packages,
  );
const inFile = (path: string, text: string) => faults({ [path]: text }).map((fault) => fault.what);

it.each([
  ['packages/store/src/a.ts', "import type { Journal } from '@waybill/engine/ports';"],
  ['packages/engine/src/a.ts', "import type { Emitted } from '@waybill/node-sdk';"],
  ['nodes/slack/src/a.ts', "import type { JsonValue } from '@waybill/flow-model';"],
  ['nodes/slack/src/a.test.ts', "import { nodeContract } from '@waybill/node-sdk/contract';"],
  ['packages/store/src/a.test.ts', "import { journalContract } from '@waybill/engine/testing';"],
  ['server/src/a.ts', "import { openStore } from '@waybill/store';\nimport express from 'express';"],
  ['packages/flow-model/src/a.ts', "import { z } from 'zod';\nimport { b } from './deep/b.ts';"],
  ['packages/engine/src/a.test.ts', "import { createEngine } from './index.ts';"],
])('lets %s have what the table allows', (path, text) => {
  expect(inFile(path, text)).toEqual([]);
});

it.each([
  ['a deep import', 'server/src/a.ts', "import { x } from '@waybill/store/src/x.ts';", 'reaches into @waybill/store'],
  ['a deep import in a test', 'server/src/a.test.ts', "import { x } from '@waybill/store/src/x.ts';", 'reaches into'],
  [
    'a package the table does not allow',
    'packages/flow-model/src/a.ts',
    "import { x } from '@waybill/engine';",
    'may import nothing of ours',
  ],
  [
    'an upward import',
    'packages/engine/src/a.ts',
    "import { x } from '@waybill/store';",
    'may import @waybill/flow-model',
  ],
  [
    'a value where only types are allowed',
    'packages/engine/src/a.ts',
    "import { x } from '@waybill/node-sdk';",
    'imported as a value',
  ],
  ['test helpers in code', 'packages/store/src/a.ts', "import { x } from '@waybill/engine/testing';", 'is for tests'],
  [
    'a relative path out of the package',
    'packages/store/src/a.ts',
    "import { x } from '../../engine/src/x.ts';",
    'leaves packages/store',
  ],
  ['export *', 'packages/store/src/index.ts', "export * from './a.ts';", "export * from './a.ts'"],
  ['the own index', 'packages/store/src/deep/a.ts', "import { x } from '../index.ts';", 'own index.ts'],
  ['the own name', 'packages/store/src/a.ts', "import { x } from '@waybill/store';", 'this package itself'],
  ['a package that does not exist', 'server/src/a.ts', "import { x } from '@waybill/stroe';", 'names no package'],
])('refuses %s', (_name, path, text, what) => {
  expect(inFile(path, text)).toEqual([expect.stringContaining(what)]);
});

it('names the files of a cycle, and lets types be mutual', () => {
  const cycle = faults({
    'server/src/a.ts': "import { b } from './b.ts';",
    'server/src/b.ts': "import { c } from './deep/c.ts';",
    'server/src/deep/c.ts': "\nimport { a } from '../a.ts';",
  });
  expect(cycle).toEqual([
    expect.objectContaining({
      what: expect.stringContaining('server/src/a.ts -> server/src/b.ts -> server/src/deep/c.ts -> server/src/a.ts'),
    }),
  ]);
  expect(
    faults({ 'server/src/a.ts': "import { b } from './b.ts';", 'server/src/b.ts': "import type { A } from './a.ts';" }),
  ).toEqual([]);
});

it('says what to do instead', () => {
  const found = faults({ 'packages/engine/src/a.ts': "\nimport { x } from '@waybill/store';" });
  expect(found).toEqual([expect.objectContaining({ line: 2, fix: expect.stringContaining('declare a small port') })]);
});
