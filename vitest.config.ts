import { configDefaults, defineConfig } from 'vitest/config';

/** Minutes long by nature, its waits depend on how busy the machine is: `WAYBILL_TEST_LONG=1 npm test` runs it too. */
const longTests = process.env.WAYBILL_TEST_LONG ? [] : ['test/whole/crash-under-load.test.ts'];

export default defineConfig({
  test: {
    include: [
      '{packages,nodes}/*/{src,test}/**/*.test.ts',
      'server/{src,test}/**/*.test.ts',
      'editor/src/**/*.test.{ts,tsx}',
      'test/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    exclude: [...configDefaults.exclude, ...longTests],
    pool: 'forks',
    maxWorkers: 2,
    // How long a machine that does much else may take; whatever holds sooner ends sooner.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 45_000 } },
  },
});
