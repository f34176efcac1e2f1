import type { JsonValue } from '@waybill/flow-model';
import type { SentRequest } from './mocked-world.ts';
import type { TestCase } from './test-case.ts';

/** What a run did, in the terms test cases use. */
export interface Observed {
  status: string;
  errorCode: string | null;
  errorWhat: string | null;
  /** Outputs of the nodes that ran, by node id; the last iteration for nodes inside containers. */
  outputs: ReadonlyMap<string, JsonValue>;
  skipped: ReadonlySet<string>;
  sent: readonly SentRequest[];
  tasks: ReadonlyMap<string, JsonValue>;
}

const show = (value: JsonValue | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Where `actual` lacks what `expected` asks for; objects may have more fields, lists may not. */
export function differences(expected: JsonValue, actual: JsonValue | undefined, path: string): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
    return expected.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual))
      return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
    return Object.entries(expected).flatMap(([key, value]) => differences(value, actual[key], `${path}.${key}`));
  }
  return expected === actual ? [] : [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

function requestDifferences(wanted: TestCase['expect']['requests'], sent: readonly SentRequest[]): string[] {
  const left = new Map<string, SentRequest[]>();
  for (const request of sent) left.set(request.node, [...(left.get(request.node) ?? []), request]);
  return wanted.flatMap((want) => {
    const path = `requests of ${want.node}`;
    const candidates = left.get(want.node) ?? [];
    const index = candidates.findIndex(
      (each) => (want.method ?? each.method) === each.method && each.url.includes(want.url ?? ''),
    );
    const found = candidates[index];
    if (!found) return [`${path}: no ${want.method ?? 'request'} ${want.url ?? ''} was sent`];
    candidates.splice(index, 1);
    return want.body === undefined ? [] : differences(want.body, found.body, `${path} ${found.method} ${found.url}`);
  });
}

/** Every way in which the run was not as the case expects; empty if it passed. */
export function faultsOf(expected: TestCase['expect'], observed: Observed): string[] {
  const faults: string[] = [];
  if (expected.status !== observed.status) {
    faults.push(
      `status: expected ${expected.status}, got ${observed.status}${observed.errorWhat ? ` (${observed.errorWhat})` : ''}`,
    );
  }
  for (const node of expected.ran) if (!observed.outputs.has(node)) faults.push(`"${node}" did not run`);
  for (const node of expected.notRun) if (observed.outputs.has(node)) faults.push(`"${node}" ran`);
  for (const [node, output] of Object.entries(expected.outputs))
    faults.push(...differences(output, observed.outputs.get(node), node));
  faults.push(...requestDifferences(expected.requests, observed.sent));
  for (const [node, task] of Object.entries(expected.tasks))
    faults.push(...differences(task, observed.tasks.get(node), `task of ${node}`));
  if (expected.errorCode !== undefined && expected.errorCode !== observed.errorCode) {
    faults.push(`error: expected ${expected.errorCode}, got ${observed.errorCode ?? 'none'}`);
  }
  return faults;
}
