import { join } from 'node:path';
import { engineConformance } from '@waybill/engine/conformance';
import { describe, it } from 'vitest';

/** `WAYBILL_TEST_LONG=1` asks for the hundred kills that a release takes. */
const isLong = process.env['WAYBILL_TEST_LONG'] === '1';
const driverFile = (name: string): string => join(import.meta.dirname, 'drivers', `${name}.ts`);

engineConformance('SQLite', { driver: driverFile('sqlite'), kills: isLong ? 100 : 20 });

if (process.env['MONGODB_URI']) {
  engineConformance('MongoDB', { driver: driverFile('mongodb'), kills: isLong ? 40 : 5, longestLifeMs: 2_500 });
} else {
  describe.skip('the engine on MongoDB (MONGODB_URI is not set)', () => {
    it('keeps its promises', () => undefined);
  });
}
