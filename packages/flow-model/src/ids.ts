import * as z from 'zod';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type FlowId = Branded<'FlowId'>;
export type FlowVersionId = Branded<'FlowVersionId'>;
export type RunId = Branded<'RunId'>;
export type TaskId = Branded<'TaskId'>;

/** Name of a node inside its flow; written in expressions as `steps.<id>`. */
export type NodeId = string;
/** Derived from the ports an edge joins, see `edgeId`. */
export type EdgeId = string;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const brandedId = <T extends string>(what: string) =>
  z.string().regex(idPattern, `${what}: letters, digits and . _ : - only, at most 128`) as unknown as z.ZodType<T, T>;

export const flowIdSchema = brandedId<FlowId>('flow id');
export const flowVersionIdSchema = brandedId<FlowVersionId>('flow version id');
export const runIdSchema = brandedId<RunId>('run id');
export const taskIdSchema = brandedId<TaskId>('task id');

/** No hyphen, so that `steps.createProject` needs no quoting in JSONata. */
export const nodeIdSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_]{0,62}$/,
    'a node id starts with a letter and has only letters, digits and _, at most 63',
  );
