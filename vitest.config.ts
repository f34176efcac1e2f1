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
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // How long a busy machine may take; a poll ends as soon as it holds.
    expect: { poll: { timeout: 15_000 } },
  },
});
