import type { JsonObject } from '@waybill/flow-model';
import { FlowError, nodeManifestSchema, outputPortsOf } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import type { ErasedNodeDefinition } from '../define-node.ts';
import type { NodeOutcome } from '../directive.ts';
import { manifestOf } from '../manifest.ts';
import { resultsFault } from '../record-results.ts';
import type { Fixture, PageFixture, PollFixture, ProbeFixture } from './fixture.ts';
import { pageOfNode, pollNode, probeNode, runNode } from './fixture.ts';
import { badDays, checkRequests, failureOf, oddBodies, withReplyAt } from './http-checks.ts';
import { checkNaming, checkParams, checkPorts, checkTraits, checkTrigger } from './manifest-checks.ts';
import { defaultsOf } from './test-context.ts';

export interface NodeContractOptions {
  fixtures?: Fixture[];
  /** Needed for idempotency `probe`: at least one that finds and one that does not. */
  probes?: ProbeFixture[];
  /** Needed for poll triggers. */
  polls?: PollFixture[];
  /** Needed for sources of records: at least one page that is not the last, and one that is. */
  pages?: PageFixture[];
}

/** The promises every node makes to editor, server and engine, as a vitest suite. */
export function nodeContract(definition: ErasedNodeDefinition, options: NodeContractOptions = {}): void {
  const { fixtures = [], probes = [], polls = [], pages = [] } = options;
  describe(`contract of ${definition.type} version ${definition.version}`, () => {
    describeManifest(definition);
    it('is shown at work at least once', () => expect(fixtures.length + polls.length).toBeGreaterThan(0));
    for (const fixture of fixtures) describe(fixture.name, () => describeFixture(definition, fixture));
    if (definition.probe) describeProbes(definition, probes);
    if (definition.poll) describePolls(definition, polls);
    if (definition.page) describePages(definition, pages);
  });
}

function describeManifest(definition: ErasedNodeDefinition): void {
  const manifest = manifestOf(definition);
  it('has a manifest that survives storage', () => {
    expect(nodeManifestSchema.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });
  it('is named so that people find it', () => checkNaming(manifest));
  it('labels every field and offers only choices that exist', () => checkParams(manifest.params));
  it('labels every port and shows a sample that fits', () => checkPorts(definition, manifest));
  it('says how it may be repeated', () => checkTraits(definition, manifest));
  it('starts runs only if it is a trigger', () => checkTrigger(definition, manifest));
}

function describeFixture(definition: ErasedNodeDefinition, fixture: Fixture): void {
  const play = () => runNode(definition, { ...fixture, http: fixture.exchanges ?? [] });
  if ('error' in fixture.expect) {
    const { error: code } = fixture.expect;
    it(`fails with ${code}`, async () => {
      await expect(play()).rejects.toMatchObject({ name: 'FlowError', code });
    });
    return;
  }
  it('ends where it says, with a value that fits', async () => {
    const { outcome, requests, unrecorded } = await play();
    expect(unrecorded).toEqual([]);
    expect(requests.length, 'every recorded call was made').toBe(fixture.exchanges?.length ?? 0);
    requests.forEach((request, index) => {
      const body = fixture.exchanges?.[index]?.body;
      if (body !== undefined) expect(parsed(request.body)).toEqual(body);
    });
    expect(outcome).toMatchObject(fixture.expect);
    if ('value' in fixture.expect && 'value' in outcome) expect(outcome.value).toEqual(fixture.expect.value);
    checkOutcome(definition, fixture, outcome);
  });
  it('says the same when it is repeated with the same key', async () => {
    const [first, second] = [await play(), await play()];
    expect(second.outcome).toEqual(first.outcome);
    expect(second.requests).toEqual(first.requests);
  });
  if (fixture.exchanges && fixture.exchanges.length > 0) describeHttp(definition, fixture, fixture.exchanges.length);
}

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text; // A form or plain text is compared as it is.
  }
};

/** Values are checked on the way through JSON, as the engine will store them. */
function checkOutcome(definition: ErasedNodeDefinition, fixture: Fixture, outcome: NodeOutcome): void {
  expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
  const params: JsonObject = { ...defaultsOf(definition.params), ...fixture.params };
  const ports = outputPortsOf(manifestOf(definition), params);
  for (const port of portsNamedBy(outcome)) expect(ports, 'leaves by a declared port').toContain(port);
  if ('do' in outcome) return;
  const schema = definition.outputs[outcome.port]?.schema;
  expect(schema?.safeParse(outcome.value).error?.issues ?? [], 'value fits its port').toEqual([]);
  if (definition.resultsOf) expect(resultsFault(definition.resultsOf, params, outcome.value)).toBeNull();
}

function portsNamedBy(outcome: NodeOutcome): string[] {
  if (!('do' in outcome)) return [outcome.port];
  switch (outcome.do) {
    case 'ignore':
      return [];
    case 'fan-out':
    case 'enter':
      return ['done'];
    case 'wait-event':
      return [outcome.port, outcome.expiredPort];
    case 'wait-task':
      return [outcome.expiredPort, ...outcome.task.outcomes.map((one) => one.port)];
    default:
      return [outcome.port];
  }
}

function describeHttp(definition: ErasedNodeDefinition, fixture: Fixture, count: number): void {
  it('calls only what it declared', async () => {
    const { requests } = await runNode(definition, { ...fixture, http: fixture.exchanges ?? [] });
    checkRequests(definition, requests);
  });
  for (const { name, reply, retryable } of badDays)
    it(`turns ${name} into an error the engine can act on`, async () => {
      for (let index = 0; index < count; index += 1) {
        const error = await failureOf(definition, fixture, withReplyAt(fixture, index, reply));
        expect(error.details.engine, `call ${index + 1}: ${error.message}`).toBe(retryable ? 'retry' : 'stop');
        if ('headers' in reply) expect(error.details.retryAfterMs).toBe(7_000);
        if ('headers' in reply && index === 0)
          expect(error.details.effect, 'a throttled call did nothing').toBe('none');
      }
    });
  for (const { name, reply } of oddBodies)
    it(`survives ${name} as an answer`, async () => {
      for (let index = 0; index < count; index += 1) {
        const http = withReplyAt(fixture, index, reply);
        const settled = await runNode(definition, { ...fixture, http }).catch((error: unknown) => error);
        if (settled instanceof FlowError) continue;
        if (settled instanceof Error) throw settled;
        if (name === 'an HTML page' && !fixture.takesAnyBody) throw new Error(`call ${index + 1}: a page was taken`);
        checkOutcome(definition, fixture, (settled as { outcome: NodeOutcome }).outcome);
      }
    });
}

function describeProbes(definition: ErasedNodeDefinition, probes: readonly ProbeFixture[]): void {
  it('is shown finding its effect and not finding it', () => {
    expect(probes.some((probe) => probe.finds !== null)).toBe(true);
    expect(probes.some((probe) => probe.finds === null)).toBe(true);
  });
  for (const probe of probes)
    it(`probes: ${probe.name}`, async () => {
      const found = await probeNode(definition, { ...probe, http: probe.exchanges });
      if (probe.finds === null) expect(found).toBeNull();
      else expect(found).toMatchObject(probe.finds);
    });
}

function describePages(definition: ErasedNodeDefinition, pages: readonly PageFixture[]): void {
  it('is shown going on to a next page and coming to the last', () => {
    expect(pages.some((page) => page.expect.next !== null)).toBe(true);
    expect(pages.some((page) => page.expect.next === null)).toBe(true);
  });
  for (const page of pages)
    it(`reads a page: ${page.name}`, async () => {
      expect(await pageOfNode(definition, { ...page, http: page.exchanges })).toEqual(page.expect);
    });
}

function describePolls(definition: ErasedNodeDefinition, polls: readonly PollFixture[]): void {
  it('is shown polling', () => expect(polls.length).toBeGreaterThan(0));
  for (const poll of polls)
    it(`polls: ${poll.name}`, async () => {
      const result = await pollNode(definition, { ...poll, http: poll.exchanges });
      expect(result).toEqual(poll.expect);
      for (const event of result.events)
        expect(definition.inputs['event']?.schema.safeParse(event.data).error?.issues ?? []).toEqual([]);
    });
}
