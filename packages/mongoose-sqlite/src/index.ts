export { SqliteClient } from './client.ts';
export { createMongoose, setSqliteDriver } from './driver.ts';
export { DiskFullError, UnsupportedFeatureError } from './errors.ts';
export { isSqliteUri } from './uri.ts';
