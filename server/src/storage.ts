import { join } from 'node:path';
import type { BlobStore, Journal } from '@waybill/engine/ports';
import type { Store } from '@waybill/store';
import { fileBlobs, holdLease, openMongoBlobs, openMongoJournal, openSqliteJournal, openStore } from '@waybill/store';
import type { ServerConfig } from './config.ts';

export interface Storage {
  journal: Journal;
  blobs: BlobStore;
  store: Store;
  close(): Promise<void>;
}

/**
 * Journal, blobs and store: all in the data folder, or all in one MongoDB database.
 * @throws {FlowError} DATA_FOLDER_IN_USE if another process has the data folder or drives the runs of the database.
 */
export async function openStorage(
  { dataDir, mongodbUri }: Pick<ServerConfig, 'dataDir' | 'mongodbUri'>,
  onLeaseLost: () => void,
): Promise<Storage> {
  if (mongodbUri !== null) {
    const lease = await holdLease({ uri: mongodbUri, onLost: onLeaseLost });
    const journal = await openMongoJournal({ uri: mongodbUri });
    const blobs = await openMongoBlobs({ uri: mongodbUri });
    const store = await openStore({ uri: mongodbUri });
    return { journal, blobs, store, close: closing([store, blobs, journal, { close: lease.release }]) };
  }
  // The journal first: its lock keeps a second process off the folder.
  const journal = await openSqliteJournal({ file: join(dataDir, 'journal.db') });
  const blobs = fileBlobs(join(dataDir, 'blobs'));
  const store = await openStore({ uri: `sqlite://${join(dataDir, 'store.db')}` });
  return { journal, blobs, store, close: closing([store, journal]) };
}

const closing =
  (parts: { close(): Promise<void> }[]): (() => Promise<void>) =>
  async () => {
    for (const part of parts) await part.close();
  };
