import type { StoredFile } from '@waybill/api-contract';
import type { Flow, JsonObject, JsonValue, NodeCatalog, NodeId, NodeManifest } from '@waybill/flow-model';
import { manifestOf, outputPorts } from '../graph/ports.ts';
import { exampleOf } from '../inspector/expression/example-of-schema.ts';

export interface FormField {
  name: string;
  label: string;
  kind: 'text' | 'multiline' | 'number' | 'boolean' | 'date' | 'choice' | 'file';
  options: string[];
  required: boolean;
}

/** Enabled triggers, in document order. Pure. */
export const triggersOf = (flow: Flow, catalog: NodeCatalog): { id: NodeId; manifest: NodeManifest }[] =>
  Object.entries(flow.nodes).flatMap(([id, node]) => {
    const manifest = manifestOf(catalog, node);
    return manifest?.kind === 'trigger' && !node.disabled ? [{ id, manifest }] : [];
  });

const kinds = ['text', 'multiline', 'number', 'boolean', 'date', 'choice', 'file'] as const;

/** The form a manual trigger asks, read from its `fields` param; empty for other triggers. Pure. */
export function formFieldsOf(flow: Flow, id: NodeId): FormField[] {
  const rows = flow.nodes[id]?.params['fields'];
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row): FormField[] => {
    if (typeof row !== 'object' || row === null || Array.isArray(row) || typeof row['name'] !== 'string') return [];
    const kind = kinds.find((known) => known === row['kind']) ?? 'text';
    const options = typeof row['options'] === 'string' ? row['options'].split(',').map((option) => option.trim()) : [];
    const label = typeof row['label'] === 'string' ? row['label'] : row['name'];
    return [{ name: row['name'], label, kind, options: options.filter(Boolean), required: row['required'] === true }];
  });
}

/** What to offer as input: pinned data, else the example of the trigger, else a value of its shape. Pure. */
export function suggestedInput(flow: Flow, id: NodeId, manifest: NodeManifest): JsonValue {
  const pin = flow.pins[id];
  if (pin) return pin.value;
  const port = outputPorts(manifest, flow.nodes[id]?.params ?? {})[0]?.name ?? '';
  return manifest.sample?.[port] ?? exampleOf(manifest.outputs[port]?.schema ?? {});
}

/** Form values as the trigger wants them: numbers as numbers, empty fields left out. Pure. */
export function formInput(fields: readonly FormField[], values: Readonly<Record<string, string>>): JsonObject {
  const input: JsonObject = {};
  for (const field of fields) {
    const text = values[field.name] ?? '';
    if (field.kind === 'boolean') input[field.name] = text === 'true';
    else if (text !== '') input[field.name] = field.kind === 'number' ? Number(text) : text;
  }
  return input;
}

/** The arrival of a file that is there already, as a trigger that waits for files receives it. Pure. */
export const arrivalOf = (file: StoredFile): JsonObject => ({
  fileId: file.id,
  folder: file.folder,
  name: file.name,
  path: file.path,
  sizeBytes: file.sizeBytes,
  mediaType: file.mediaType,
  sha256: file.sha256,
  from: file.byName,
  arrivedAt: new Date(file.arrivedAt).toISOString(),
});
