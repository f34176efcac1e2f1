/** Plugs the store into mongoose: its own Collection class, its own Connection but for how a client is made. */
import mongoose, { type Mongoose } from 'mongoose';
import { SqliteClient } from './client.ts';
import { BulkWriteResult } from './mongo.ts';
import { isSqliteUri } from './uri.ts';

/** The parts of mongoose's connection this driver touches; mongoose does not declare them. */
interface DriverConnection {
  db: unknown;
  client: unknown;
  name: string;
  host: string;
  port: number;
  $dbName?: string;
  readyState: number;
  config: Record<string, unknown>;
  otherDbs: DriverConnection[];
  collections: Record<string, { onOpen(): void }>;
  _connectionString?: string;
  _closeCalled?: boolean;
  onOpen(): void;
  createClient(uri: string, options?: Record<string, unknown>): Promise<unknown>;
}
type ConnectionClass = new (base: Mongoose) => DriverConnection;

const CONNECTING = 2;
const CONFIG_OPTIONS = ['autoIndex', 'autoCreate', 'sanitizeFilter', 'bufferCommands', 'bufferTimeoutMS'];

function sqliteConnectionClass(native: ConnectionClass): ConnectionClass {
  return class SqliteConnection extends native {
    /** `sqlite:` URIs open a file; any other URI goes to the MongoDB driver, unchanged. */
    override async createClient(uri: string, options: Record<string, unknown> = {}): Promise<unknown> {
      if (typeof uri !== 'string' || !isSqliteUri(uri)) return super.createClient(uri, options);
      for (const name of CONFIG_OPTIONS) if (options[name] !== undefined) this.config[name] = options[name];
      this.readyState = CONNECTING;
      this._connectionString = uri;
      const client = new SqliteClient(uri);
      const dbName = typeof options['dbName'] === 'string' ? options['dbName'] : undefined;
      if (dbName !== undefined) this.$dbName = dbName;
      attach(this, client, dbName);
      for (const other of this.otherDbs) attach(other, client, other.name);
      return this;
    }
  };
}

function attach(connection: DriverConnection, client: SqliteClient, dbName: string | undefined): void {
  const db = client.db(dbName);
  connection.db = db;
  connection.client = client;
  connection.name = db.databaseName;
  connection._closeCalled = false;
  connection.onOpen();
  for (const collection of Object.values(connection.collections)) collection.onOpen();
}

/**
 * Makes a mongoose instance understand `sqlite:///abs/path.db` and `sqlite::memory:` beside `mongodb://`.
 * @throws if one of its connections is open already.
 */
export function setSqliteDriver(instance: Mongoose): Mongoose {
  const native = instance.Connection as unknown as ConnectionClass;
  return instance.setDriver({
    Connection: sqliteConnectionClass(native),
    Collection: instance.Collection,
    BulkWriteResult,
  });
}

/** A fresh mongoose, independent of the global one, with the driver set. */
export function createMongoose(): Mongoose {
  return setSqliteDriver(new mongoose.Mongoose());
}
