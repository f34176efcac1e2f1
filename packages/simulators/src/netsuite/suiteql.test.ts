import { expect, it } from 'vitest';
import { parseSuiteQl } from './suiteql-parser.ts';
import { type Row, runSuiteQl } from './suiteql-runner.ts';

const rows: Row[] = [
  row({ id: '9', companyname: 'Acme', lastmodifieddate: '2026-11-20T10:00:00Z' }),
  row({ id: '10', companyname: 'Beta', lastmodifieddate: '2026-11-18T10:00:00Z' }),
];
const columns = new Set(['id', 'companyname', 'lastmodifieddate', 'url']);
const run = (query: string) => runSuiteQl(parseSuiteQl(query), rows, columns);

it('orders numbers as numbers and shows times as dates', () => {
  expect(run('SELECT id, lastModifiedDate FROM customer ORDER BY id')).toEqual([
    { id: '9', lastmodifieddate: '2026-11-20' },
    { id: '10', lastmodifieddate: '2026-11-18' },
  ]);
});

it('compares with TO_DATE, LIKE, IN and IS NULL', () => {
  expect(
    run("SELECT id FROM customer WHERE lastmodifieddate > TO_DATE('2026-11-19 12:30', 'YYYY-MM-DD HH24:MI')"),
  ).toEqual([{ id: '9' }]);
  expect(run("SELECT id FROM customer WHERE companyname LIKE 'b%' OR id IN (9)")).toHaveLength(2);
  expect(run('SELECT id FROM customer WHERE url IS NOT NULL')).toEqual([]);
  expect(run("SELECT TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS at FROM customer WHERE id = 9")).toEqual([
    { at: '2026-11-20 10:00:00' },
  ]);
});

it('refuses joins, grouping, unknown columns and unfit dates by name', () => {
  const refusals: [string, RegExp][] = [
    ['SELECT id FROM customer c JOIN job j ON j.id = c.id', /"JOIN".*not supported/],
    ['SELECT id FROM customer GROUP BY id', /"GROUP".*not supported/],
    ['SELECT nope FROM customer', /unknown identifier 'nope'/],
    [
      "SELECT id FROM customer WHERE lastmodifieddate > TO_DATE('19.11.2026', 'YYYY-MM-DD')",
      /does not fit the date format/,
    ],
    ['SELECT id FROM customer WHERE', /unexpected end/],
  ];
  for (const [query, message] of refusals) expect(() => run(query)).toThrow(message);
});

function row(values: Record<string, string>): Row {
  return { values: new Map(Object.entries(values)), names: new Map() };
}
