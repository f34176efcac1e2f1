/** What is known of a connection's limits, in the form in which it outlives a restart. */
import * as z from 'zod';

const moment = z.number().int();
const calls = z.array(z.tuple([moment, z.number().int().min(1)]));

const budgetMemorySchema = z.object({
  limit: z.object({
    value: z.number().int().nullable(),
    tooMany: z.number().int().nullable(),
    loweredAt: moment,
    told: z.object({ limit: z.number().int().min(1), at: moment }).nullable(),
  }),
  circuit: z.object({
    failures: z.number().int(),
    openings: z.number().int(),
    open: z.object({ at: moment, until: moment, since: moment }).nullable(),
  }),
  coolUntil: moment,
  throttlesInARow: z.number().int(),
  throttles: calls,
  windows: z.array(z.object({ perMs: z.number().int(), calls })),
  allowances: z.array(
    z.object({
      of: z.enum(['window', 'day']),
      left: z.number(),
      total: z.number(),
      lastsMs: z.number(),
      at: moment,
    }),
  ),
});
export type BudgetMemory = z.infer<typeof budgetMemorySchema>;

/** By connection id. What an older or newer version wrote in another form is as good as forgotten. */
export const governorMemorySchema = z.record(z.string(), budgetMemorySchema.nullable().catch(null)).catch({});
