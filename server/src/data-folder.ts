import { accessSync, constants, mkdirSync } from 'node:fs';
import { ConfigError } from './config.ts';

/** @throws {ConfigError} if there can be no such folder, or this user may not write there. */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw new ConfigError(
      `WAYBILL_DATA is ${folder}, where nothing can be written (${code}); allowed is a folder that can.`,
    );
  }
}
