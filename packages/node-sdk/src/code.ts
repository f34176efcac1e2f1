import type { JsonValue } from '@waybill/flow-model';

/**
 * Runs a person's own code. Only the code node gets it: the sandbox evaluates the source in a fresh
 * context of its own, as the body of an async function of `{ input, steps, trigger, vars, item, run }`.
 */
export interface CodeRunner {
  /**
   * @param source TypeScript or JavaScript; types are stripped, not checked.
   * @returns what the body returned, null for nothing.
   */
  runCode(source: string): Promise<JsonValue>;
}
