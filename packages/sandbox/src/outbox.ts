/** The longest a message waits for company, ms. */
const MAX_HOLD_MS = 1;

export interface Outbox<Message> {
  push(message: Message): void;
  /** What held it has ended. */
  release(): void;
}

/**
 * Collects messages and sends them together: a write to the other process costs as much as a small step.
 * What comes up during one turn of the event loop goes together, and while `isHeld` what comes up until then.
 */
export function createOutbox<Message>(
  send: (batch: Message[]) => void,
  isHeld: () => boolean = () => false,
): Outbox<Message> {
  let batch: Message[] = [];
  let isScheduled = false;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const full = batch;
    batch = [];
    if (full.length > 0) send(full);
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      if (batch.length === 0) return;
      if (isHeld()) timer ??= setTimeout(flush, MAX_HOLD_MS);
      else flush();
    });
  }

  return {
    push(message) {
      batch.push(message);
      schedule();
    },
    release() {
      if (batch.length > 0) schedule();
    },
  };
}
