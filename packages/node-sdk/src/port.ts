import type { JsonValue } from '@waybill/flow-model';
import * as z from 'zod';

/** A named input or output: a label for people and a schema for machines. */
export interface Port<T> {
  readonly label: string;
  readonly schema: z.ZodType<T>;
}
export type Ports = Record<string, Port<unknown>>;
export type PortValues<P extends Ports> = { readonly [K in keyof P]: P[K] extends Port<infer T> ? T : never };

/** Declares a port; the schema is checked on the way in and shown in the editor as JSON Schema. */
export const port = <T>(schema: z.ZodType<T>, label = ''): Port<T> => ({ label, schema });

const json = z.unknown() as unknown as z.ZodType<JsonValue>;
/** A port that carries any JSON value. */
export const anyPort = (label = ''): Port<JsonValue> => ({ label, schema: json });
