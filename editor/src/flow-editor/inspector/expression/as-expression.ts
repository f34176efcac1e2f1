import type { JsonValue } from '@waybill/flow-model';
import { isExpression } from '@waybill/flow-model';

/**
 * The one JSONata expression that means what a param value means. Expressions inside objects and lists become part of
 * the text: `{ "id": { "$": "steps.card.id" } }` reads `{"id": steps.card.id}`. Pure.
 */
export function asExpression(value: JsonValue, nested = false): string {
  if (isExpression(value)) {
    const isPath = /^[\w.$`[\]]+$/.test(value.$);
    return nested && !isPath ? `(${value.$})` : value.$;
  }
  if (Array.isArray(value)) return `[${value.map((item) => asExpression(item, true)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${asExpression(item, true)}`);
  return `{${members.join(', ')}}`;
}
