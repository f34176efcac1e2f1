/** Program of a runner process, among the built scripts. */
export const RUNNER_FILE = 'runner.mjs';
