import { Mongoose } from 'mongoose';
import { describe, it } from 'vitest';
import { openStore } from '../src/index.ts';
import { repositoryContract } from './repository-contract.ts';

const uri = process.env['MONGODB_URI'];

/** FerretDB 1 reads and writes in two steps where MongoDB updates in one. */
async function isFerret(address: string): Promise<boolean> {
  const mongoose = await new Mongoose().connect(address);
  const info: object = (await mongoose.connection.db?.admin().command({ buildInfo: 1 })) ?? {};
  await mongoose.disconnect();
  return 'ferretdbVersion' in info || 'ferretdb' in info;
}

if (uri) {
  const open = () => {
    const fresh = new URL(uri);
    fresh.pathname = `/waybill_${process.pid}_${Date.now().toString(36)}`;
    return openStore({ uri: fresh.href });
  };
  repositoryContract('repositories on MongoDB', open, { races: !(await isFerret(uri)) });
} else {
  describe.skip('repositories on MongoDB (MONGODB_URI is not set)', () => {
    it('keeps the contract', () => undefined);
  });
}
