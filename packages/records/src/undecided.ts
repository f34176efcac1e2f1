/** Thrown, never shown: JSONata itself has to evaluate this one. No stack, since it is thrown per record. */
export const undecided: unknown = Object.freeze({ undecided: true });

/** A value that is equal to another exactly when `===` says so. */
export const isPlainScalar = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isFinite(value);
