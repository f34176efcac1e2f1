import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@waybill/server';
import { expect, it } from 'vitest';
import { startPlatform } from './start.ts';

const newSettings = () => ({
  ...readConfig({ WAYBILL_LOG: 'silent' }),
  dataDir: mkdtempSync(join(tmpdir(), 'waybill-start-')),
  port: 0,
});

it('names a data folder that is in use before anything else, and leaves the simulated systems of its owner alone', async () => {
  const settings = newSettings();
  const first = await startPlatform(settings, { randomSimulatorPorts: true });
  const systems = () => readFileSync(join(settings.dataDir, 'simulators.json'), 'utf8');
  const before = systems();
  await expect(startPlatform(settings, { randomSimulatorPorts: true })).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
  });
  expect(systems()).toBe(before);
  await first.stop();
  rmSync(settings.dataDir, { recursive: true, force: true });
});

it('says in one line that a data folder cannot be', async () => {
  const settings = newSettings();
  const file = join(settings.dataDir, 'file');
  writeFileSync(file, '');
  for (const dataDir of [file, join(file, 'data')])
    await expect(startPlatform({ ...settings, dataDir }, { randomSimulatorPorts: true })).rejects.toMatchObject({
      name: 'CliError',
      message: expect.stringContaining(`WAYBILL_DATA is ${dataDir}, where nothing can be written`),
    });
  rmSync(settings.dataDir, { recursive: true, force: true });
});

it('still brings the demo firm after a first start that found its port taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const settings = { ...newSettings(), port: (other.address() as AddressInfo).port };
  await expect(startPlatform(settings, { randomSimulatorPorts: true })).rejects.toThrow(/PORT/);
  other.close();
  const started = await startPlatform({ ...settings, port: 0 }, { randomSimulatorPorts: true });
  expect(started.simulators?.list.map((info) => info.name)).toContain('salesforce');
  expect(existsSync(join(settings.dataDir, 'demo-firm.json'))).toBe(true);
  await started.stop();
  rmSync(settings.dataDir, { recursive: true, force: true });
});
