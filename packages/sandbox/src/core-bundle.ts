/** Name of the bundle that expressions run in: our own control and transform nodes. */
export const CORE_BUNDLE = 'core';
