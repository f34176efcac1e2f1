import type { JsonValue } from '@waybill/flow-model';
import type { ErasedNodeDefinition, PollResult } from '../define-node.ts';
import type { Directive, Emitted, NodeOutcome } from '../directive.ts';
import type { RecordPage } from '../records.ts';
import type { Exchange } from './recorded-http.ts';
import type { TestContext, TestContextOptions } from './test-context.ts';
import { testContext } from './test-context.ts';

/** One recorded piece of work: what goes in, what is said to the outside, what comes out. */
export interface Fixture extends Omit<TestContextOptions, 'http'> {
  /** A few words, shown in the test's name. */
  name: string;
  exchanges?: Exchange[];
  /** Where the value leaves, with the value if it matters, or the directive, or the code of the error. */
  expect: { port: string; value?: JsonValue } | { do: Directive['do'] } | { error: string };
  /** The node takes a body of any form, so an HTML page is no error here. */
  takesAnyBody?: boolean;
}

export interface ProbeFixture extends Omit<TestContextOptions, 'http'> {
  name: string;
  exchanges: Exchange[];
  finds: { port: string; value?: JsonValue } | null;
}

export interface PollFixture extends Omit<TestContextOptions, 'http' | 'input'> {
  name: string;
  watermark: JsonValue | null;
  exchanges: Exchange[];
  expect: PollResult;
}

/** One page of a paged source. */
export interface PageFixture extends Omit<TestContextOptions, 'http' | 'input'> {
  name: string;
  cursor: JsonValue | null;
  exchanges: Exchange[];
  expect: RecordPage;
}

// A definition in a list has lost the type of its context; the harness gives it the one its own manifest describes.
type Run = (context: TestContext['context']) => Promise<NodeOutcome> | NodeOutcome;
type Probe = (context: TestContext['context']) => Promise<Emitted | null>;
type Undo = (context: TestContext['context'] & { emitted: Emitted }) => Promise<void>;
type Poll = (context: TestContext['context'] & { watermark: JsonValue | null }) => Promise<PollResult>;

type Page = (context: TestContext['context'] & { cursor: JsonValue | null }) => Promise<RecordPage>;

export interface Ran extends TestContext {
  outcome: NodeOutcome;
}

/** Runs a node once; rejects as the node does. */
export async function runNode(definition: ErasedNodeDefinition, options: TestContextOptions = {}): Promise<Ran> {
  const made = testContext(definition, options);
  const outcome = await (definition.run as Run)(made.context);
  return { ...made, outcome };
}

/** Looks for the effect the way the engine does after a crash. */
export async function probeNode(
  definition: ErasedNodeDefinition,
  options: TestContextOptions = {},
): Promise<Emitted | null> {
  if (!definition.probe) throw new Error(`${definition.type} has no probe`);
  return (definition.probe as Probe)(testContext(definition, options).context);
}

/** Takes back what the node emitted, the way the engine does when a scope fails. */
export async function undoNode(
  definition: ErasedNodeDefinition,
  options: TestContextOptions & { emitted: Emitted },
): Promise<TestContext> {
  if (!definition.undo) throw new Error(`${definition.type} has no undo`);
  const made = testContext(definition, options);
  await (definition.undo as Undo)({ ...made.context, emitted: options.emitted });
  return made;
}

export async function pollNode(
  definition: ErasedNodeDefinition,
  options: TestContextOptions & { watermark: JsonValue | null },
): Promise<PollResult> {
  if (!definition.poll) throw new Error(`${definition.type} has no poll`);
  const made = testContext(definition, options);
  return (definition.poll as Poll)({ ...made.context, watermark: options.watermark });
}

export async function pageOfNode(
  definition: ErasedNodeDefinition,
  options: TestContextOptions & { cursor: JsonValue | null },
): Promise<RecordPage> {
  if (!definition.page) throw new Error(`${definition.type} has no pages`);
  const made = testContext(definition, options);
  return (definition.page as Page)({ ...made.context, cursor: options.cursor });
}
