import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@waybill/server';
import { expect, it } from 'vitest';
import { startPlatform } from './start.ts';

it('still brings the demo firm after a first start that found its port taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-start-'));
  const settings = {
    ...readConfig({ WAYBILL_LOG: 'silent' }),
    dataDir,
    port: (other.address() as AddressInfo).port,
  };
  await expect(startPlatform(settings, { randomSimulatorPorts: true })).rejects.toThrow(/PORT/);
  other.close();
  const started = await startPlatform({ ...settings, port: 0 }, { randomSimulatorPorts: true });
  expect(started.simulators?.list.map((info) => info.name)).toContain('salesforce');
  expect(existsSync(join(dataDir, 'demo-firm.json'))).toBe(true);
  await started.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
