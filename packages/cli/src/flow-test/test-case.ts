import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { JsonObject } from '@waybill/flow-model';
import { jsonObjectSchema, jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { readSchema, readYaml } from '../read-yaml.ts';
import { changed, joined } from './shared-case.ts';

const replySchema = z.strictObject({
  /** Any method when absent. */
  method: z.string().optional(),
  /** Part of the URL; any when absent. */
  url: z.string().optional(),
  status: z.int().default(200),
  headers: z.record(z.string(), z.string()).default({}),
  json: jsonValueSchema.optional(),
  text: z.string().optional(),
  /** How often it answers; for ever when absent. */
  times: z.int().min(1).optional(),
});

const decisionSchema = z.strictObject({
  outcome: z.string(),
  by: z.string().default('tester@firm.example'),
  comment: z.string().optional(),
  form: jsonObjectSchema.default({}),
});

const testCaseSchema = z.strictObject({
  name: z.string().min(1),
  /** What the clock shows when the run starts; absent: the present. */
  now: z.iso
    .datetime()
    .transform((text) => Date.parse(text))
    .optional(),
  /** What the trigger receives: for webhooks `{ method, headers, query, body }`. */
  trigger: z.strictObject({ node: z.string(), input: jsonValueSchema }),
  vars: jsonObjectSchema.default({}),
  /** Files of the workspace that record streams read, by path: their text. */
  files: z.record(z.string(), z.string()).default({}),
  /** Answers of outside systems, by the node that asks. */
  replies: z.record(z.string(), z.array(replySchema)).default({}),
  crosswalk: z.array(z.strictObject({ entity: z.string(), ids: z.record(z.string(), z.string()) })).default([]),
  /**
   * How people decide, by the node that asks; `outcome: expired` lets the time run out. A list where the run comes back to
   * ask again: then nobody decides any more once it is used up.
   */
  decisions: z
    .record(z.string(), z.union([decisionSchema.transform((one) => [one]), z.array(decisionSchema).min(1)]))
    .default({}),
  expect: z.strictObject({
    status: z.enum(['succeeded', 'failed', 'cancelled', 'ignored', 'waiting']),
    /** Nodes that ran, in any order; more may have. */
    ran: z.array(z.string()).default([]),
    notRun: z.array(z.string()).default([]),
    /** What a node put out; given fields must be equal, others are not looked at. */
    outputs: z.record(z.string(), jsonValueSchema).default({}),
    /** Requests in the order in which each node made them; given fields must be equal. */
    requests: z
      .array(
        z.strictObject({
          node: z.string(),
          method: z.string().optional(),
          url: z.string().optional(),
          body: jsonValueSchema.optional(),
        }),
      )
      .default([]),
    /** Tasks that were opened, by node, with fields of the task. */
    tasks: z.record(z.string(), jsonObjectSchema).default({}),
    errorCode: z.string().optional(),
  }),
});
export type TestCase = z.infer<typeof testCaseSchema>;
export type Reply = TestCase['replies'][string][number];

/**
 * The cases in `tests/*.yaml` beside a flow, in file order. A case may start `from` another file, given by its path from
 * the case, and differ in single values by `changes: { path: value }`.
 * @throws {CliError} naming file and place of what is wrong.
 */
export function readTestCases(folder: string): { file: string; testCase: TestCase }[] {
  const tests = join(folder, 'tests');
  if (!existsSync(tests)) return [];
  return readdirSync(tests)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => {
      const file = join(tests, name);
      return { file, testCase: readSchema(file, wholeCase(file), testCaseSchema, 'a test case') };
    });
}

const partsSchema = z.looseObject({ from: z.string().optional(), changes: jsonObjectSchema.default({}) });

/** The case with what it takes from elsewhere, not yet checked. */
function wholeCase(file: string): unknown {
  const { from, changes, ...own } = readSchema(file, readYaml(file), partsSchema, 'a test case');
  const base = from === undefined ? {} : sharedPart(file, from);
  const result = changed(joined(base, own as JsonObject), changes);
  if ('document' in result) return result.document;
  throw new CliError(`${file} is not a test case:\n  changes: ${result.fault}`, 'Correct the path.');
}

function sharedPart(file: string, from: string): JsonObject {
  const shared = resolve(dirname(file), from);
  if (existsSync(shared)) return readSchema(shared, readYaml(shared), jsonObjectSchema, 'what cases can start from');
  throw new CliError(`${file} starts from ${from}, which is not there.`, 'Give the path from the case to the file.');
}
