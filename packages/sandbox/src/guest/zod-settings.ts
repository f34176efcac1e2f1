// To be imported before anything that brings zod: every copy of zod in the realm, those of packages included,
// reads these settings when it makes a schema. They must be complete, because the realm is frozen later.

const settings = {
  /** It would compile parsers from text, which a frozen realm forbids. */
  jitless: true,
  /**
   * Takes the place of the part that copes with cycles. It keeps what is being parsed in a list of its own, and when
   * a parse throws the data stays there: nothing of a run may. Guests read JSON, which has no cycles.
   */
  memoizer: { alloc: (_schema: unknown, _payload: unknown, empty: unknown) => empty, attach() {}, guard() {} },
};
Object.assign(globalThis, { __zod_globalConfig: settings });
