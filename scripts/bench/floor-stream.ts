// The floor of the record benchmark: a plain script that maps and totals the same file line by line.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [file = ''] = process.argv.slice(2);
const startedAt = performance.now();
const totals = new Map<string, { hours: number; amount: number; count: number }>();
let isHeader = true;
const lines = createInterface({ input: createReadStream(file) });
lines.on('line', (line) => {
  if (isHeader) {
    isHeader = false;
    return;
  }
  const cells = line.split(',');
  const hours = Number(cells[5]);
  const amount = hours * Number(cells[6]);
  const key = cells[3] ?? '';
  const total = totals.get(key) ?? { hours: 0, amount: 0, count: 0 };
  total.hours += hours;
  total.amount += amount;
  total.count += 1;
  totals.set(key, total);
});
lines.on('close', () => {
  let amount = 0;
  let count = 0;
  for (const total of totals.values()) {
    amount += total.amount;
    count += total.count;
  }
  console.log(
    JSON.stringify({ tookMs: String(performance.now() - startedAt), amount: String(amount), count: String(count) }),
  );
});
