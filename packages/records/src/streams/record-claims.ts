/** Texts that were seen, a number for each: there may be a million of them. */
import { hash } from 'node:crypto';

/** A number of 52 bits that stands for a text; never 0. */
const fingerprint = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 13), 16) + 1;

const FIRST_SIZE = 1_024;

/** A set of texts in 16 to 32 bytes each, by open addressing; that two texts are taken for one has a chance of n² / 2^53. */
export function textSet() {
  let numbers = new Float64Array(FIRST_SIZE);
  let count = 0;

  function placeOf(number: number): number {
    let at = number % numbers.length;
    while (numbers[at] !== 0 && numbers[at] !== number) at = (at + 1) % numbers.length;
    return at;
  }
  function grow(): void {
    const before = numbers;
    numbers = new Float64Array(before.length * 2);
    for (const number of before) if (number !== 0) numbers[placeOf(number)] = number;
  }
  return {
    add(text: string): void {
      if (count >= numbers.length / 2) grow();
      const number = fingerprint(text);
      const at = placeOf(number);
      if (numbers[at] === 0) count += 1;
      numbers[at] = number;
    },
    has: (text: string): boolean => numbers[placeOf(fingerprint(text))] !== 0,
  };
}
