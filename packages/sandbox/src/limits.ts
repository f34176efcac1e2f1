/** Bounds of the sandbox; every one of them ends in an error that names it. */
export interface SandboxLimits {
  /** Heap of an isolate when a call does not say, MB. */
  memoryMb: number;
  /** The most a call may ask for, MB. */
  maxMemoryMb: number;
  /** Resident memory of one runner process, MB; above it the process is killed. */
  runnerRssMb: number;
  /** Characters of JSON into a step. */
  inputChars: number;
  /** Characters of JSON out of a step. */
  outputChars: number;
  /** Characters of an output up to which what comes after it may run in the same trip: larger ones are stored away first. */
  followChars: number;
  /** Characters of an HTTP body, each way. */
  httpBodyChars: number;
  /** Calls to the host one step may have under way. */
  openHostCalls: number;
  /** Steps a runner works on at once, those that wait for the host included. */
  stepsPerRunner: number;
  /** How long after its time limit a step may fail to answer before its runner is killed, ms. */
  graceMs: number;
}

export const defaultLimits: SandboxLimits = {
  memoryMb: 128,
  maxMemoryMb: 512,
  runnerRssMb: 1_024,
  inputChars: 16 * 1_048_576,
  outputChars: 16 * 1_048_576,
  followChars: 20_000,
  httpBodyChars: 16 * 1_048_576,
  openHostCalls: 32,
  stepsPerRunner: 128,
  graceMs: 1_000,
};
