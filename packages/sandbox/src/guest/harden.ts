// Closes the ways round the memory limit that are known: memory that V8 does not count against an isolate
// (shared, resizable and WebAssembly memory).

let isReplaced = false;

/**
 * Removes uncounted memory from the realm. Called twice: when the snapshot is made, before any other code
 * can take hold of the constructors, and when a context starts, because V8 puts these names back then.
 * @param when V8 cannot start a context from a snapshot without Atomics; alone it is harmless.
 */
export function harden(when: 'snapshot' | 'context'): void {
  for (const name of ['WebAssembly', 'SharedArrayBuffer', ...(when === 'context' ? ['Atomics'] : [])])
    Reflect.deleteProperty(globalThis, name);
  // The last match of any regular expression would be readable by whoever comes next.
  const legacy = ['input', '$_', 'lastMatch', '$&', 'lastParen', '$+', 'leftContext', '$`', 'rightContext', "$'"];
  for (const name of [...legacy, '$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9'])
    Reflect.deleteProperty(RegExp, name);
  for (const name of ['resize', 'transfer', 'transferToFixedLength', 'resizable', 'maxByteLength'])
    Reflect.deleteProperty(ArrayBuffer.prototype, name);
  if (isReplaced) return;
  isReplaced = true;
  const Original = globalThis.ArrayBuffer;
  const fixedLength: typeof ArrayBuffer = new Proxy(Original, {
    // The options argument, and with it maxByteLength, is dropped.
    construct: (target, args, newTarget) =>
      Reflect.construct(target, [args[0]], newTarget === fixedLength ? target : newTarget) as object,
  });
  Original.prototype.constructor = fixedLength;
  globalThis.ArrayBuffer = fixedLength;
}
