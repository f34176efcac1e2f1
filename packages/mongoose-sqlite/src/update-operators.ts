/** What each update operator does to one concrete path of a document. */
import { decimalArithmetic, isDecimal } from './decimal.ts';
import { badValue, typeMismatch } from './errors.ts';
import { isRegex, toRegExp } from './filter.ts';
import { BSON, bsonTypeOf, type Doc, isDoc, Long } from './mongo.ts';
import { isIndexSegment } from './paths.ts';
import { sortDocuments, sortSpec } from './sort.ts';
import { getAt, locate, pullTest, setAt, writePath } from './update-paths.ts';
import { compareValues, equalValues, rank, rankOf, typeNameOf } from './value-order.ts';

export interface OperatorContext {
  readonly nowMs: number;
}

type Apply = (doc: Doc, path: string, argument: unknown, context: OperatorContext) => void;

export const updateOperators: Record<string, Apply> = {
  $set: (doc, path, value) => writePath(doc, path, value),
  $setOnInsert: (doc, path, value) => writePath(doc, path, value),
  $unset: (doc, path) => removePath(doc, path),
  $inc: (doc, path, amount) => writePath(doc, path, arithmetic('$inc', doc, path, amount)),
  $mul: (doc, path, factor) => writePath(doc, path, arithmetic('$mul', doc, path, factor)),
  $min: (doc, path, value) => keepExtreme(doc, path, value, -1),
  $max: (doc, path, value) => keepExtreme(doc, path, value, 1),
  $rename: (doc, path, target) => rename(doc, path, target),
  $currentDate: (doc, path, type, { nowMs }) => writePath(doc, path, currentDate(type, nowMs)),
  $push: (doc, path, argument) => push(doc, path, argument),
  $addToSet: (doc, path, argument) => addToSet(doc, path, argument),
  $pull: (doc, path, condition) => {
    const equals = isRegex(condition) ? regexOrEqual(condition) : (v: unknown) => equalValues(v, condition);
    removeElements('$pull', doc, path, pullTest(condition, equals));
  },
  $pullAll: (doc, path, values) => {
    if (!Array.isArray(values)) throw badValue('$pullAll requires an array argument');
    removeElements('$pullAll', doc, path, (element) => values.some((value) => equalValues(element, value)));
  },
  $pop: (doc, path, end) => pop(doc, path, end),
};

export const SUPPORTED_UPDATE = Object.keys(updateOperators).join(' ');

function removePath(doc: Doc, path: string): void {
  const place = locate(doc, path, false);
  if (place === null) return;
  if (!Array.isArray(place.parent)) delete place.parent[place.key];
  // Removing an element would shift its neighbours; MongoDB leaves null.
  else if (isIndexSegment(place.key) && Number(place.key) < place.parent.length) setAt(place.parent, place.key, null);
}

function arithmetic(operator: '$inc' | '$mul', doc: Doc, path: string, operand: unknown): unknown {
  if (rankOf(operand) !== rank.number) {
    throw typeMismatch(
      `Cannot ${operator === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}: ${typeNameOf(operand)}}`,
    );
  }
  const current = getAt(doc, path);
  if (current === undefined) return operator === '$inc' ? operand : combine('multiply', operand, 0);
  if (rankOf(current) !== rank.number) {
    throw typeMismatch(
      `Cannot apply ${operator} to a value of non-numeric type. The field '${path}' has non-numeric type ${typeNameOf(current)}`,
    );
  }
  return combine(operator === '$inc' ? 'add' : 'multiply', current, operand);
}

function combine(kind: 'add' | 'multiply', a: unknown, b: unknown): unknown {
  if (isDecimal(a) || isDecimal(b)) return decimalArithmetic(kind, a, b);
  const isWhole = (v: unknown) => bsonTypeOf(v) === 'Long' || Number.isSafeInteger(Number(v));
  const isLong = bsonTypeOf(a) === 'Long' || bsonTypeOf(b) === 'Long';
  if (isLong && isWhole(a) && isWhole(b)) {
    const [x, y] = [BigInt(String(a)), BigInt(String(b))];
    const result = kind === 'add' ? x + y : x * y;
    if (result !== BigInt.asIntN(64, result)) throw badValue('Failed to apply the operation: 64-bit integer overflow');
    return Long.fromBigInt(result);
  }
  const result = kind === 'add' ? Number(a) + Number(b) : Number(a) * Number(b);
  return result;
}

function keepExtreme(doc: Doc, path: string, value: unknown, sign: 1 | -1): void {
  const current = getAt(doc, path);
  if (current === undefined || compareValues(value, current) * sign > 0) writePath(doc, path, value);
}

function rename(doc: Doc, path: string, target: unknown): void {
  if (typeof target !== 'string') throw badValue(`The 'to' field for $rename must be a string: ${path}`);
  if (path.includes('$') || target.includes('$'))
    throw badValue(`The fields of $rename must not be positional: ${path}`);
  for (const side of [path, target]) {
    const segments = side.split('.');
    for (let depth = 1; depth < segments.length; depth++) {
      if (Array.isArray(getAt(doc, segments.slice(0, depth).join('.')))) {
        throw badValue(`$rename cannot reach into an array: '${side}'`);
      }
    }
  }
  const value = getAt(doc, path);
  if (value === undefined) return;
  removePath(doc, path);
  writePath(doc, target, value);
}

function currentDate(type: unknown, nowMs: number): unknown {
  const wanted = isDoc(type) ? type['$type'] : type;
  if (wanted === 'timestamp') return new BSON.Timestamp({ t: Math.floor(nowMs / 1000), i: 1 });
  if (wanted === true || wanted === false || wanted === 'date') return new Date(nowMs);
  throw badValue("$currentDate needs true, {$type: 'date'} or {$type: 'timestamp'}");
}

function arrayFor(operator: string, doc: Doc, path: string): unknown[] {
  const current = getAt(doc, path);
  if (current === undefined) {
    const created: unknown[] = [];
    writePath(doc, path, created);
    return created;
  }
  if (!Array.isArray(current)) {
    throw badValue(`The field '${path}' must be an array but is of type ${typeNameOf(current)} (${operator})`);
  }
  return current;
}

const PUSH_MODIFIERS = ['$each', '$slice', '$sort', '$position'];

function push(doc: Doc, path: string, argument: unknown): void {
  if (!isDoc(argument) || !('$each' in argument)) {
    arrayFor('$push', doc, path).push(argument);
    return;
  }
  for (const name of Object.keys(argument)) {
    if (!PUSH_MODIFIERS.includes(name)) throw badValue(`Unrecognized clause in $push: ${name}`);
  }
  const { $each: added, $slice: slice, $sort: sort, $position: position } = argument;
  if (!Array.isArray(added)) throw badValue('The argument to $each in $push must be an array');
  const array = arrayFor('$push', doc, path);
  const at = position === undefined ? array.length : wholeNumber('$position', position);
  // Negative positions count from the end; both kinds stop at the array's ends.
  const start = at < 0 ? Math.max(0, array.length + at) : Math.min(at, array.length);
  array.splice(start, 0, ...added);
  if (sort !== undefined) sortArray(array, sort);
  if (slice !== undefined) {
    const count = wholeNumber('$slice', slice);
    if (count >= 0) array.splice(count);
    else array.splice(0, Math.max(0, array.length + count));
  }
}

function wholeNumber(name: string, value: unknown): number {
  if (rankOf(value) !== rank.number || !Number.isInteger(Number(value)))
    throw badValue(`${name} must be a whole number`);
  return Number(value);
}

function sortArray(array: unknown[], sort: unknown): void {
  if (isDoc(sort)) {
    const wrapped = array.map((element) => ({ element, doc: isDoc(element) ? element : {} }));
    const sorted = sortDocuments(wrapped, sortSpec(sort), (item) => item.doc);
    array.splice(0, array.length, ...sorted.map((item) => item.element));
    return;
  }
  const sign = Number(sort);
  if (sign !== 1 && sign !== -1) throw badValue('The $sort element value must be either 1 or -1');
  array.sort((a, b) => compareValues(a, b) * sign);
}

function addToSet(doc: Doc, path: string, argument: unknown): void {
  let added: unknown[] = [argument];
  if (isDoc(argument) && '$each' in argument) {
    if (!Array.isArray(argument['$each'])) throw badValue('The argument to $each in $addToSet must be an array');
    if (Object.keys(argument).length > 1) throw badValue('$addToSet knows no modifier but $each');
    added = argument['$each'];
  }
  const array = arrayFor('$addToSet', doc, path);
  for (const value of added) if (!array.some((element) => equalValues(element, value))) array.push(value);
}

function removeElements(operator: string, doc: Doc, path: string, isRemoved: (element: unknown) => boolean): void {
  const current = getAt(doc, path);
  if (current === undefined) return;
  if (!Array.isArray(current)) throw badValue(`Cannot apply ${operator} to a non-array value`);
  const kept = current.filter((element) => !isRemoved(element));
  current.splice(0, current.length, ...kept);
}

function regexOrEqual(condition: unknown): (element: unknown) => boolean {
  const pattern = toRegExp(condition);
  return (element) => (typeof element === 'string' ? pattern.test(element) : equalValues(element, condition));
}

function pop(doc: Doc, path: string, end: unknown): void {
  const side = Number(end);
  if (side !== 1 && side !== -1) throw badValue('$pop expects 1 or -1');
  const current = getAt(doc, path);
  if (current === undefined) return;
  if (!Array.isArray(current))
    throw typeMismatch(`Path '${path}' contains an element of non-array type '${typeNameOf(current)}'`);
  if (side === 1) current.pop();
  else current.shift();
}
