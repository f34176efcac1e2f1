import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jsonObjectSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { readSchema, readYaml } from './read-yaml.ts';

const tablesSchema = z.array(
  z.strictObject({
    name: z.string(),
    title: z.string(),
    keyColumns: z.array(z.string()).min(1),
    columns: z.array(z.string()).min(1),
    rows: z.array(
      z.strictObject({
        validFrom: z.string().nullable().default(null),
        validTo: z.string().nullable().default(null),
        values: jsonObjectSchema,
      }),
    ),
  }),
);
export type LookupTableFile = z.infer<typeof tablesSchema>[number];

/** The lookup tables that come with a flow, from `tables.yaml` in its folder; none if there is no such file. */
export function readLookupTables(folder: string): LookupTableFile[] {
  const file = join(folder, 'tables.yaml');
  if (!existsSync(file)) return [];
  return readSchema(file, readYaml(file), tablesSchema, 'a list of lookup tables');
}
