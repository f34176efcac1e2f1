import { z } from 'zod';

/** What a date can be in any browser. @source ECMA-262, time values. */
const lastMs = 8_640_000_000_000_000;
export const epochMs = z.int().min(-lastMs).max(lastMs);

/** RFC 9457 problem details, with the fix in words and, for lists of faults, each one. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  fix: z.string(),
  instance: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), what: z.string(), fix: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const errorRecordSchema = z.object({
  code: z.string(),
  what: z.string(),
  fix: z.string(),
  owner: z.enum(['user', 'provider', 'engine']),
  engine: z.enum(['retry', 'stop', 'pause']),
  where: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  retryAfterMs: z.number().optional(),
  stack: z.string().optional(),
  detail: z.string().optional(),
});

export const pageQuery = {
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const noContent = z.null();
