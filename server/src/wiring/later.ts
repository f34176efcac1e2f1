/** Part of a server that is constructed later than those that need it. */
export function later<T>(name: string): { set(value: T): void; get(): T } {
  let value: T | undefined;
  return {
    set: (given) => {
      value = given;
    },
    get: () => {
      if (value === undefined) throw new Error(`${name} is used before it is there`);
      return value;
    },
  };
}
