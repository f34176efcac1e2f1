import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../src/index.ts';
import { repositoryContract } from './repository-contract.ts';

repositoryContract('repositories on SQLite', () => openStore({ uri: 'sqlite::memory:' }));

it('finds everything again after it was closed and opened', async () => {
  const uri = `sqlite://${join(mkdtempSync(join(tmpdir(), 'waybill-store-')), 'store.db')}`;
  const first = await openStore({ uri });
  await first.settings.put('kept', 1);
  await first.close();
  const second = await openStore({ uri });
  expect(await second.settings.get('kept')).toBe(1);
  await second.close();
});

it('names the kinds of store it can open', async () => {
  await expect(openStore({ uri: 'postgres://x' })).rejects.toThrow(/STORE_URI_INVALID.*"postgres:"/);
});
