// The file of the record benchmarks: 1,000,000 rows of time entries, about 53 MB.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const centres = ['DE01', 'DE02', 'FR01', 'GB01', 'US01', 'US02', 'NL01', 'ES01'];

export async function writeTimeEntries(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write('id,employee,project,centre,date,hours,rate,note\n');
  let lines = '';
  for (let row = 1; row <= rows; row += 1) {
    const day = String((row % 28) + 1).padStart(2, '0');
    lines += `${row},E-${1_000 + (row % 900)},P-${2_000 + (row % 300)},${centres[row % 8]},2026-11-${day},${(row % 32) / 4},${80 + (row % 120)},onsite work\n`;
    if (lines.length < 65_536) continue;
    if (!out.write(lines)) await once(out, 'drain');
    lines = '';
  }
  out.end(lines);
  await once(out, 'finish');
}
