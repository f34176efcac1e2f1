import type { JsonValue, NodeManifest } from '@waybill/flow-model';

/** The params of a trigger as its node would see them: what is not given is the default. Triggers take literals only. */
export function triggerParams(
  manifest: NodeManifest,
  given: Readonly<Record<string, JsonValue>>,
): Record<string, JsonValue> {
  const defaults = Object.entries(manifest.params).flatMap(([name, spec]) =>
    spec.default === undefined ? [] : [[name, spec.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

export const textParam = (params: Readonly<Record<string, JsonValue>>, name: string): string | null => {
  const value = params[name];
  return typeof value === 'string' && value !== '' ? value : null;
};
