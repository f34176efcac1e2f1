/** Stands in an empty control whose value is hidden. */
export const hiddenWords = 'Hidden; kept if you leave this empty';

/** How many values are hidden. Pure. */
export const hiddenCountWords = (count: number): string =>
  count === 1 ? '1 value is hidden.' : `${count} values are hidden.`;
