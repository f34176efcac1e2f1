const MAX_SCRIPTS = 500;

/** Scripts that brought a runner down, so that they run alone from then on. A script is a node with its params. */
export function createScriptHistory() {
  const crashes = new Map<string, number>();
  return {
    /** False without looking further while nothing ever crashed: the common case is free. */
    isSuspect: (script: () => string): boolean => crashes.size > 0 && crashes.has(script()),
    crashed(script: string): void {
      const count = (crashes.get(script) ?? 0) + 1;
      crashes.delete(script);
      crashes.set(script, count);
      if (crashes.size > MAX_SCRIPTS) for (const oldest of crashes.keys()) if (crashes.delete(oldest)) break;
    },
    /** It ran alone and did no harm. */
    cleared: (script: string): void => void crashes.delete(script),
    counts: (): Record<string, number> => Object.fromEntries(crashes),
  };
}
