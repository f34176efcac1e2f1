import { basename } from 'node:path';
import type { OpenDriver, Pace } from '@waybill/engine/conformance';
import { openMongoBlobs } from '../../src/journal-mongo/mongo-blobs.ts';
import { openMongoJournal } from '../../src/journal-mongo/open-mongo-journal.ts';

/** One database per place, on the server that MONGODB_URI names. */
export const openDriver: OpenDriver = async (place) => {
  const url = new URL(process.env['MONGODB_URI'] ?? '');
  url.pathname = `/${basename(place).replaceAll(/\W/g, '_')}`;
  const uri = url.href;
  const [journal, blobs] = [await openMongoJournal({ uri }), await openMongoBlobs({ uri })];
  return {
    journal,
    blobs,
    async close() {
      await journal.close();
      await blobs.close();
    },
  };
};

export const pace: Pace = 'light';
