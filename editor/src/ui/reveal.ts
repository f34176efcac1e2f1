/** Takes the keyboard to the first field at fault, once its fault is drawn: in the open dialog if there is one. */
export function focusFirstFault(): void {
  requestAnimationFrame(() => {
    const within = document.querySelector('[role="dialog"][data-state="open"]') ?? document;
    const found = within.querySelector<HTMLElement>('.field [aria-invalid="true"]');
    found?.focus();
    // With its label and its fault, which the field alone does not bring along.
    found?.closest('.field')?.scrollIntoView({ block: 'nearest' });
  });
}

/** As `ref` of a message that appears late: brings it into view where the form above it is long. */
export const bringIntoView = (message: HTMLElement | null): void => message?.scrollIntoView({ block: 'nearest' });
