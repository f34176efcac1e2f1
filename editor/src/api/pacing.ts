/**
 * Acts at once after a calm, then once for all that is asked within each pause. What is asked last is never left out.
 * @param firstAfterMs how long the first one waits for what comes along.
 */
export function paced(act: () => void, pauseMs: number, firstAfterMs = 0): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isAsked = false;
  const begin = () => {
    isAsked = false;
    timer = setTimeout(end, pauseMs);
    act();
  };
  const end = () => {
    timer = null;
    if (isAsked) begin();
  };
  return () => {
    isAsked = true;
    if (timer !== null) return;
    if (firstAfterMs > 0) timer = setTimeout(end, firstAfterMs);
    else begin();
  };
}
