// Makes a realm safe to be used by one run after the other: everything reachable from the global
// object is frozen, so that nothing written by one execution can be read by the next.

/** Intrinsics that have no name of their own on the global object. */
function unnamedIntrinsics(): unknown[] {
  const prototypeOf = Object.getPrototypeOf;
  // Newer than the library types: iterator helpers.
  const helpers = (name: string, self: object, argument: unknown): unknown =>
    Reflect.apply(Reflect.get(self, name) as () => unknown, self, [argument]);
  const asyncGenerator = async function* () {};
  return [
    prototypeOf(async () => {}),
    prototypeOf(function* () {}),
    prototypeOf(asyncGenerator),
    prototypeOf(asyncGenerator.prototype),
    prototypeOf(prototypeOf((function* () {})())),
    prototypeOf([][Symbol.iterator]()),
    prototypeOf(''[Symbol.iterator]()),
    prototypeOf(new Map()[Symbol.iterator]()),
    prototypeOf(new Set()[Symbol.iterator]()),
    prototypeOf('a'.matchAll(/a/g)),
    prototypeOf(Uint8Array),
    prototypeOf(helpers('from', Reflect.get(globalThis, 'Iterator'), { next: () => ({ done: true }) })),
    prototypeOf(helpers('map', [].values(), (value: unknown) => value)),
    prototypeOf(new Intl.Segmenter('en').segment('a')),
    prototypeOf(new Intl.Segmenter('en').segment('a')[Symbol.iterator]()),
  ];
}

type Walked = object;
const isObject = (value: unknown): value is Walked =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Objects reachable from the roots over properties, accessors' functions and prototypes. */
export function reachableFrom(roots: readonly unknown[]): Set<Walked> {
  const seen = new Set<Walked>();
  const open = roots.filter(isObject);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const found: unknown[] = [Object.getPrototypeOf(next)];
    for (const key of Reflect.ownKeys(next)) {
      const descriptor = Object.getOwnPropertyDescriptor(next, key);
      if (descriptor) found.push(descriptor.value, descriptor.get, descriptor.set);
    }
    for (const value of found) if (isObject(value) && !seen.has(value)) open.push(value);
  }
  return seen;
}

/**
 * With a frozen prototype, `copy.toString = 1` on any object would throw, because assignment respects
 * an inherited read-only property. An accessor that defines the property on the receiver keeps it legal.
 */
function keepAssignable(prototype: object): void {
  for (const key of Reflect.ownKeys(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    if (!descriptor || !('value' in descriptor) || !descriptor.configurable) continue;
    const { value, enumerable } = descriptor;
    Object.defineProperty(prototype, key, {
      get: () => value,
      set(this: object, replacement: unknown) {
        if (this === prototype) throw new TypeError(`Cannot change ${String(key)}: shared objects are frozen.`);
        Object.defineProperty(this, key, { value: replacement, writable: true, enumerable: true, configurable: true });
      },
      enumerable: enumerable ?? false,
      configurable: false,
    });
  }
}

/** No expression has a reason to make code; with the constructors out of reach none can. */
function forbidCodeFromText(): void {
  const refuse = () => {
    throw new EvalError('Code cannot be made from text here.');
  };
  const functions = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const one of functions) Object.defineProperty(Object.getPrototypeOf(one), 'constructor', { value: refuse });
  Reflect.deleteProperty(globalThis, 'eval');
  Reflect.deleteProperty(globalThis, 'Function');
}

/**
 * Freezes the realm. `extra` names objects that user expressions reach and that hang off no global.
 * What only closures of the guest hold (parse cache, open executions) is not reachable and stays mutable.
 */
export function lockdown(extra: readonly unknown[]): void {
  for (const name of ['__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__', '__proto__'])
    Reflect.deleteProperty(Object.prototype, name);
  forbidCodeFromText();
  for (const type of [Object, Error, TypeError, RangeError, SyntaxError, EvalError, ReferenceError, URIError])
    keepAssignable(type.prototype);
  for (const found of reachableFrom([globalThis, ...unnamedIntrinsics(), ...extra])) Object.freeze(found);
}
