// `npm run screens`: starts the product with the demo firm in a temporary folder, brings it into a realistic state and
// writes a picture of every screen, light and dark, in two sizes, to docs/screens. Names of screens take only those.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumPath, launchBrowser } from '../test/support/browser.ts';
import { startDemoPlatform } from '../test/support/demo-platform.ts';
import { makeHistory } from './screens/history.ts';
import { takePictures } from './screens/pictures.ts';
import { shotsOf } from './screens/shots.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'screens');
const wanted = process.argv.slice(2);

if (!chromiumPath) {
  console.error(
    'waybill: there is no Chromium to take pictures with.\n  Install it, or name its file in CHROMIUM_PATH.',
  );
  process.exit(1);
}
const started = Date.now();
mkdirSync(folder, { recursive: true });
const [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
let failures = 0;
try {
  const shots = await shotsOf(demo, await makeHistory(demo));
  const taken = await takePictures({ browser, demo, folder, shots, wanted });
  failures = taken.failures;
  console.log(`${taken.count} pictures in ${folder}, ${Date.now() - started} ms`);
} finally {
  await browser.close();
  await demo.close();
}
process.exit(failures > 0 ? 1 : 0);
