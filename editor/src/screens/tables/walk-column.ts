import type { KeyboardEvent } from 'react';

/** Enter and the arrows walk down and up a column, as in a spreadsheet; date fields keep their own arrows. */
export function walkColumn(event: KeyboardEvent<HTMLElement>): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || event.altKey || event.ctrlKey || event.metaKey) return;
  const down = event.key === 'ArrowDown' || (event.key === 'Enter' && !event.shiftKey);
  const up = event.key === 'ArrowUp' || (event.key === 'Enter' && event.shiftKey);
  if ((!down && !up) || (input.type === 'date' && event.key !== 'Enter')) return;
  const row = input.closest('li');
  const column = row ? [...row.querySelectorAll('input')].indexOf(input) : -1;
  const next = down ? row?.nextElementSibling : row?.previousElementSibling;
  const field = next?.querySelectorAll('input')[column];
  if (!field) return;
  event.preventDefault();
  field.focus();
  if (field.type !== 'date') field.select();
}
