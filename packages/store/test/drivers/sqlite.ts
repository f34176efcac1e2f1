import { join } from 'node:path';
import type { OpenDriver, Pace } from '@waybill/engine/conformance';
import { fileBlobs } from '../../src/journal-sqlite/file-blobs.ts';
import { openSqliteJournal } from '../../src/journal-sqlite/open-sqlite-journal.ts';

export const openDriver: OpenDriver = async (place) => {
  const journal = await openSqliteJournal({ file: join(place, 'journal.db') });
  return { journal, blobs: fileBlobs(join(place, 'blobs')), close: () => journal.close() };
};

export const pace: Pace = 'full';
