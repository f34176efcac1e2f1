import type { JsonObject, JsonSchema, JsonValue, NodeManifest, NodeTraits, PortSpec } from '@waybill/flow-model';
import { nodeManifestSchema } from '@waybill/flow-model';
import * as z from 'zod';
import type { ErasedNodeDefinition } from './define-node.ts';
import type { Ports } from './port.ts';

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonObject;
  return rest;
}

const portSpecs = (ports: Ports): Record<string, PortSpec> =>
  Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [
      name,
      { label: port.label || name, schema: jsonSchemaOf(port.schema) },
    ]),
  );

function traitsOf(definition: ErasedNodeDefinition): NodeTraits {
  const { traits } = definition;
  if (traits.effect !== 'write') return traits;
  const { idempotency } = traits;
  const plain =
    idempotency.how === 'key' ? { how: 'key' as const, rememberedForMs: idempotency.rememberedForMs } : idempotency;
  return { ...traits, idempotency: plain, ...(definition.undo ? { undo: true } : {}) };
}

/** All of a definition but its functions, as data that needs no node code to be read. */
export function manifestOf(definition: ErasedNodeDefinition): NodeManifest {
  const { type, version, title, description, kind, app, icon } = definition;
  const optional = new Set<string>(definition.optionalCredentials ?? []);
  const credentials = Object.fromEntries(
    Object.entries(definition.credentials ?? {}).map(([slot, credential]) => {
      const role = definition.roles?.[slot];
      return [
        slot,
        {
          type: credential.type,
          label: credential.title,
          ...(role ? { role } : {}),
          ...(optional.has(slot) ? { optional: true } : {}),
        },
      ];
    }),
  );
  const manifest = {
    type,
    version,
    title,
    description,
    kind,
    app,
    icon,
    synonyms: definition.synonyms ?? [],
    params: definition.params,
    inputs: portSpecs(definition.inputs),
    outputs: portSpecs(definition.outputs),
    credentials,
    capabilities: definition.capabilities ?? {},
    traits: traitsOf(definition),
    ...(definition.outputsFrom ? { outputsFrom: definition.outputsFrom } : {}),
    ...(definition.masked ? { masked: definition.masked } : {}),
    ...(definition.container ? { container: definition.container } : {}),
    ...(definition.join ? { join: definition.join } : {}),
    ...(definition.trigger ? { trigger: definition.trigger } : {}),
    ...(definition.record ? { record: definition.record } : {}),
    ...(definition.resultsOf ? { resultsOf: definition.resultsOf } : {}),
    ...(definition.sample ? { sample: definition.sample as Record<string, JsonValue> } : {}),
  };
  // Through JSON, so that what is checked is exactly what will be stored.
  return nodeManifestSchema.parse(JSON.parse(JSON.stringify(manifest)));
}
