import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('starts with defaults and nothing set', () => {
  expect(readConfig({})).toMatchObject({ port: 4700, host: '127.0.0.1', demo: true, environment: 'dev', role: 'all' });
});

it.each([
  [{ PORT: 'abc' }, 'PORT is "abc"; allowed is a port number from 0 to 65535.'],
  [{ PORT: '70000' }, 'PORT is "70000"'],
  [{ MONGODB_URI: 'postgres://x' }, 'allowed is a mongodb:// address.'],
  [{ WAYBILL_DEMO: 'maybe' }, 'WAYBILL_DEMO is "maybe"; allowed is on or off.'],
  [{ WAYBILL_KEY: 'hunter2' }, 'WAYBILL_KEY is 7 characters; allowed is 32 bytes'],
  [{ WAYBILL_ADMIN_PASSWORD: 'short' }, 'WAYBILL_ADMIN_PASSWORD is 5 characters'],
])('says in one line what is wrong with %j, without telling secrets', (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

it('has every variable in the table of the README', () => {
  const source = readFileSync(join(import.meta.dirname, 'config.ts'), 'utf8');
  const read = [...source.matchAll(/values\.([A-Z_]+)/g)].map(([, name]) => name);
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  expect(read.length).toBeGreaterThan(15);
  expect(read.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
