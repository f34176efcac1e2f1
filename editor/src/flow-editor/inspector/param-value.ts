import type { JsonValue, ParamSpec } from '@waybill/flow-model';
import { isExpression } from '@waybill/flow-model';
import { asExpression } from './expression/as-expression.ts';

/** Whether a field may hold an expression instead of a literal. */
export const takesExpression = (spec: ParamSpec): boolean =>
  spec.expression !== false &&
  spec.kind !== 'expression' &&
  spec.kind !== 'code' &&
  spec.kind !== 'mapping' &&
  spec.kind !== 'list';

/** A param is shown when the one it depends on has a fitting literal; an expression there may turn out either way. Pure. */
export function isShown(
  spec: ParamSpec,
  params: Readonly<Record<string, JsonValue>>,
  specs: Record<string, ParamSpec>,
): boolean {
  if (!spec.when) return true;
  const { param, is } = spec.when;
  const value = params[param] ?? specs[param]?.default ?? null;
  return isExpression(value) || is.some((wanted) => wanted === value);
}

/** Turns a field into an expression with the same meaning, or back into the literal it stands for. Pure. */
export function toggleExpression(value: JsonValue | undefined, spec: ParamSpec): JsonValue | undefined {
  if (isExpression(value)) {
    const text = value.$.trim();
    try {
      // A JSONata literal of a scalar reads like JSON.
      const literal: JsonValue = JSON.parse(text);
      if (typeof literal !== 'object') return literal;
    } catch {
      // Not a literal: the expression cannot become one.
    }
    return spec.default;
  }
  if (value === undefined || value === null || value === '') return { $: '' };
  return { $: asExpression(value) };
}

/** Groups of params in the order they are declared; the unnamed group first. Pure. */
export function paramGroups(specs: Record<string, ParamSpec>): [group: string, names: string[]][] {
  const groups = new Map<string, string[]>();
  for (const [name, spec] of Object.entries(specs)) {
    const group = spec.group ?? '';
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups].sort(([a], [b]) => Number(a !== '') - Number(b !== ''));
}
