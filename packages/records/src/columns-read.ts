/** Which columns of a file its stream looks at; the others need not be cut out of the text. */
import type { ChunkPlan } from './chunk.ts';
import { fieldsRead } from './compiled-expression.ts';

const readBy = (expressions: readonly string[]): string[] | null => {
  const found: string[] = [];
  for (const text of expressions) {
    const fields = fieldsRead(text);
    if (!fields) return null;
    found.push(...fields);
  }
  return found;
};

/** Null: all of them, or it cannot be told. Follows the stages until one makes a record anew. */
export function columnsRead({ stages, sink }: ChunkPlan): ReadonlySet<string> | null {
  const found = new Set<string>();
  const add = (expressions: readonly string[]): boolean => {
    const fields = readBy(expressions.filter((text) => text.trim() !== ''));
    for (const field of fields ?? []) found.add(field);
    return fields !== null;
  };
  for (const stage of stages) {
    switch (stage.do) {
      case 'filter':
        if (!add([stage.keep])) return null;
        break;
      case 'map':
        if (!add(stage.fields.map(({ expression }) => expression))) return null;
        if (stage.keepOthers) return null;
        return found;
      default:
        return null;
    }
  }
  if (sink.into !== 'totals') return null;
  const { groupBy, measures } = sink;
  return add([...groupBy, ...measures].map(({ expression }) => expression)) ? found : null;
}
