import { flowError } from '@waybill/flow-model';
import { createMongoose } from '@waybill/mongoose-sqlite';
import { Mongoose } from 'mongoose';
import type { Repositories } from './store.ts';
import { repositoriesOn } from './store.ts';

export interface Store extends Repositories {
  /** `sqlite` or `mongodb`, for people. */
  readonly kind: 'sqlite' | 'mongodb';
  /** Resolves if the store answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const mongodbOptions = { writeConcern: { w: 'majority', j: true }, serverSelectionTimeoutMS: 10_000 } as const;

function mongooseFor(uri: string): { mongoose: Mongoose; kind: Store['kind'] } {
  if (uri.startsWith('sqlite:')) return { mongoose: createMongoose(), kind: 'sqlite' };
  if (uri.startsWith('mongodb:') || uri.startsWith('mongodb+srv:'))
    return { mongoose: new Mongoose(), kind: 'mongodb' };
  throw flowError('STORE_URI_INVALID', {
    what: `The store address starts with "${uri.split(':')[0]}:", which is unknown.`,
    fix: 'Give sqlite:///absolute/path.db or mongodb://host:port/database.',
    owner: 'user',
    engine: 'stop',
  });
}

/**
 * Opens the platform's own data: everything but journals.
 * @param uri `sqlite:///absolute/path.db` for the embedded store, `mongodb://...` for a server.
 */
export async function openStore({ uri }: { uri: string }): Promise<Store> {
  const { mongoose, kind } = mongooseFor(uri);
  await mongoose.connect(uri, kind === 'mongodb' ? mongodbOptions : {});
  const repositories = repositoriesOn(mongoose.connection);
  for (const model of Object.values(mongoose.connection.models)) await model.createIndexes();
  return {
    ...repositories,
    kind,
    async ping() {
      await repositories.settings.get('ping');
    },
    close: () => mongoose.disconnect(),
  };
}
