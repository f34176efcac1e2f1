/** One step, evaluation or piece of user code on its way through an isolate. */
export interface Execution {
  /** Unique within the runner; what isolates know it by. */
  readonly key: number;
  readonly timeoutMs: number;
  ended: boolean;
  /** Its clock runs. */
  begun: boolean;
  /** Calls to the host that are under way. */
  openCalls: number;
  /** Starts the clock at the first entry. @returns ms that are left, at least 1. */
  begin(): number;
  /** What is left before the clock has started: all of it. May be negative. */
  leftMs(): number;
  /** Ends it; later calls do nothing. @returns whether this call ended it. */
  end(): boolean;
}

let lastKey = 0;

/** @param overdue called once when the time is used up and the execution has not ended. */
export function createExecution(timeoutMs: number, overdue: (execution: Execution) => void): Execution {
  lastKey += 1;
  let deadline: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const execution: Execution = {
    key: lastKey,
    timeoutMs,
    ended: false,
    begun: false,
    openCalls: 0,
    begin() {
      const now = performance.now();
      if (deadline === undefined) {
        deadline = now + timeoutMs;
        execution.begun = true;
        timer = setTimeout(overdue, timeoutMs, execution);
      }
      return Math.max(1, Math.ceil(deadline - now));
    },
    leftMs: () => (deadline === undefined ? timeoutMs : deadline - performance.now()),
    end() {
      if (execution.ended) return false;
      execution.ended = true;
      clearTimeout(timer);
      return true;
    },
  };
  return execution;
}
