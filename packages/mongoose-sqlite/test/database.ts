/** Opens throw-away databases for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMongoose, type SqliteClient } from '@waybill/mongoose-sqlite';
import type { Mongoose } from 'mongoose';
import { onTestFinished } from 'vitest';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mongoose-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A connected mongoose that disconnects when the test ends. */
export async function connect(uri = 'sqlite::memory:'): Promise<Mongoose> {
  const instance = createMongoose();
  await instance.connect(uri);
  onTestFinished(() => instance.disconnect());
  return instance;
}

export const connectFile = (query = '', folder = temporaryFolder()) => connect(`sqlite://${folder}/test.db${query}`);

export const clientOf = (instance: Mongoose) => instance.connection.getClient() as unknown as SqliteClient;

/** The collection behind mongoose, with the driver's own surface. */
export const collectionOf = (instance: Mongoose, name: string) => clientOf(instance).db().collection(name);
