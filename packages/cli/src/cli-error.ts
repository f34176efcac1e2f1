/** Exit codes a script can rely on. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notReachable: 3 } as const;

/** An expected end of a command: what happened and what to do, without a stack. */
export class CliError extends Error {
  readonly fix: string;
  readonly exitCode: number;
  constructor(what: string, fix: string, exitCode: number = exitCodes.failed) {
    super(what);
    this.name = 'CliError';
    this.fix = fix;
    this.exitCode = exitCode;
  }
}
