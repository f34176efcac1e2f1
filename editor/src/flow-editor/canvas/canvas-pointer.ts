let pointer: { x: number; y: number } | null = null;

/** Where the mouse last was over the canvas, in screen pixels: pasted steps land there. */
export const rememberPointer = (at: { x: number; y: number }): void => {
  pointer = at;
};
export const lastPointer = (): { x: number; y: number } | null => pointer;
