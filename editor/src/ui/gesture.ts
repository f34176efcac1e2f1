/**
 * Whether somebody moves a drawing with hand or wheel right now. Whatever can wait then does, so that the drawing stays under
 * the hand.
 */
export interface Gesture {
  isUnderWay(): boolean;
  begin(): void;
  end(): void;
  /** Calls back when a gesture begins and when it ends. Returns the function that stops it. */
  onChange(listener: () => void): () => void;
}

export function createGesture(): Gesture {
  const listeners = new Set<() => void>();
  let underWay = false;
  const become = (next: boolean) => {
    if (next === underWay) return;
    underWay = next;
    for (const listener of listeners) listener();
  };
  return {
    isUnderWay: () => underWay,
    begin: () => become(true),
    end: () => become(false),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** A page has one pointer, so one gesture. */
export const gesture = createGesture();
