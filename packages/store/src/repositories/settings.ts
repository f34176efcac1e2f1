import type { JsonValue } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded } from './collection.ts';

interface SettingDoc {
  _id: string;
  value: string;
}
/** Single values of the workspace, by name. */
export interface SettingsRepository {
  get(name: string): Promise<JsonValue | null>;
  put(name: string, value: JsonValue): Promise<void>;
}

export function settingsRepository(connection: Connection): SettingsRepository {
  const settings = collection<SettingDoc>(connection, 'settings', { value: String }, { indexes: [] });
  return guarded<SettingsRepository>({
    async get(name) {
      const doc = await settings.findById(name).lean<SettingDoc>();
      return doc ? (JSON.parse(doc.value) as JsonValue) : null;
    },
    async put(name, value) {
      await settings.updateOne({ _id: name }, { $set: { value: JSON.stringify(value) } }, { upsert: true });
    },
  });
}
