import type { NodeManifest, ParamSpec } from '@waybill/flow-model';
import { expect } from 'vitest';
import type { ErasedNodeDefinition } from '../define-node.ts';
import { recordResultsIn } from '../record-results.ts';

const startsLikeALabel = /^[\p{Lu}\p{N}]/u;

/** A person must find the node and know what it does without a manual. */
export function checkNaming(manifest: NodeManifest): void {
  expect(manifest.type).toMatch(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/);
  expect(manifest.title).toMatch(startsLikeALabel);
  expect(manifest.title.length, 'title fits a box on the canvas').toBeLessThanOrEqual(40);
  expect(manifest.description, 'description is a sentence').toMatch(/^\p{Lu}.{19,}\.$/su);
  expect(manifest.icon, 'icon is a lucide name').toMatch(/^[a-z][a-z0-9-]*$/);
  expect(manifest.app).toMatch(startsLikeALabel);
  expect(manifest.synonyms.length, 'synonyms for the search').toBeGreaterThan(0);
}

export function checkParams(params: Record<string, ParamSpec>): void {
  for (const [name, spec] of Object.entries(params)) {
    expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
    expect(spec.label, `label of ${name}`).toMatch(startsLikeALabel);
    if (spec.help !== undefined) expect(spec.help, `help of ${name} ends like a sentence`).toMatch(/[.)}\]\w"]$/);
    if (spec.when) {
      const asked = params[spec.when.param];
      expect(asked, `"when" of ${name} names a field`).toBeDefined();
      if (asked?.kind === 'choice')
        expect(asked.options.map((option) => option.value)).toEqual(expect.arrayContaining(spec.when.is));
    }
    // A field that is hidden has no value, so it cannot be required.
    if (spec.when) expect(spec.optional === true || spec.default !== undefined, `${name} can be hidden`).toBe(true);
    if (spec.kind === 'choice') checkChoice(name, spec);
    if (spec.kind === 'list') checkParams(spec.item);
  }
}

function checkChoice(name: string, spec: Extract<ParamSpec, { kind: 'choice' }>): void {
  const values = spec.options.map((option) => option.value);
  expect(values.length, `${name} offers a choice`).toBeGreaterThan(1);
  expect(new Set(values).size, `options of ${name} differ`).toBe(values.length);
  for (const option of spec.options) expect(option.label).not.toBe('');
  if (spec.default !== undefined) expect(values).toContain(spec.default);
}

export function checkPorts(definition: ErasedNodeDefinition, manifest: NodeManifest): void {
  for (const [name, port] of Object.entries({ ...manifest.inputs, ...manifest.outputs })) {
    expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,62}$/);
    expect(name, 'the error port belongs to the engine').not.toBe('error');
    expect(port.label, `label of port ${name}`).toMatch(startsLikeALabel);
    expect(port.schema).toBeTypeOf('object');
  }
  for (const [name, value] of Object.entries(manifest.sample ?? {})) {
    const schema = definition.outputs[name]?.schema;
    expect(schema, `sample "${name}" belongs to a port`).toBeDefined();
    expect(schema?.safeParse(value).error?.issues ?? [], `sample "${name}" fits its port`).toEqual([]);
  }
  for (const name of Object.keys(manifest.outputs)) expect(manifest.sample ?? {}).toHaveProperty([name]);
  if (manifest.resultsOf !== undefined) {
    expect(manifest.params, 'resultsOf names a field').toHaveProperty([manifest.resultsOf]);
    for (const [name, value] of Object.entries(manifest.sample ?? {}))
      expect(recordResultsIn(value), `sample "${name}" has a result for each record`).not.toBeNull();
  }
  if (manifest.outputsFrom) {
    const list = manifest.params[manifest.outputsFrom.param];
    expect(list?.kind, 'outputsFrom names a list').toBe('list');
    if (list?.kind === 'list') expect(list.item).toHaveProperty([manifest.outputsFrom.name]);
  }
  if (manifest.container) expect(Object.keys(manifest.outputs)).toContain('done');
}

/** The policy has to be complete: the engine asks nobody else whether a repeat is safe. */
export function checkTraits(definition: ErasedNodeDefinition, manifest: NodeManifest): void {
  const { traits } = manifest;
  if (traits.effect === 'pure') {
    expect(manifest.capabilities.network ?? [], 'a pure node reaches nothing').toEqual([]);
    return;
  }
  expect(traits.retry.firstDelayMs).toBeLessThanOrEqual(traits.retry.maxDelayMs);
  if (traits.effect === 'read') return;
  expect(traits.idempotency, 'a write says how it is safe to repeat').toBeDefined();
  expect(definition.probe !== undefined, '`probe` and idempotency `probe` come together').toBe(
    traits.idempotency.how === 'probe',
  );
  const why = traits.cannotUndo;
  expect(traits.undo === true, 'a write can be taken back or says why not').toBe(why === undefined);
  if (why !== undefined) expect(why, '`cannotUndo` is a sentence').toMatch(/^\p{Lu}.{9,}\.$/su);
}

export function checkTrigger(definition: ErasedNodeDefinition, manifest: NodeManifest): void {
  expect(manifest.trigger !== undefined, 'triggers, and only they, say how they start').toBe(
    manifest.kind === 'trigger',
  );
  if (manifest.kind !== 'trigger') return;
  expect(Object.keys(manifest.inputs), 'what started the run arrives on `event`').toEqual(['event']);
  expect(definition.poll !== undefined).toBe(manifest.trigger?.how === 'poll');
}
