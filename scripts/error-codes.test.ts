import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { byCode, errorPage, errorsIn } from './error-codes.ts';
import { currentPage, pageFile } from './error-page.ts';

const nothing = { what: null, fix: null, owner: null, engine: null };

it.each([
  [
    'an error with details',
    `throw flowError('RATE_GONE', { what: \`No rate (\${name}) for \${rows.map((row) => \`\${row}\`)}.\`, fix: 'Add one.', owner: 'user', engine: 'stop' });`,
    { code: 'RATE_GONE', what: 'No rate (…) for ….', fix: 'Add one.', owner: 'user', engine: 'stop' },
  ],
  [
    'plain arguments',
    `guestError(\n  'PORT_WRONG',\n  \`No port "\${port}".\`,\n  'Choose one.',\n)`,
    { code: 'PORT_WRONG', what: 'No port "…".', fix: 'Choose one.', owner: 'user', engine: 'stop' },
  ],
  [
    'texts declared above, past an argument that is none',
    `const what = \`Node \${id} is lost\`;\nreturn [flowFault('NODE_LOST', { nodeId: id }, what, 'find it')];`,
    { code: 'NODE_LOST', what: 'Node … is lost', fix: 'find it', owner: 'user', engine: null },
  ],
  [
    'a refusal of a request',
    "new HttpProblem('FLOW_GONE', { detail: 'It is gone.', fix: 'Look elsewhere.' })",
    { code: 'FLOW_GONE', what: 'It is gone.', fix: 'Look elsewhere.', owner: null, engine: null },
  ],
  [
    'a record',
    "const full: ErrorRecord = { code: 'DISK_FULL', what: 'Full.', fix: 'Free some.', owner: 'engine', engine: 'pause' };",
    { code: 'DISK_FULL', what: 'Full.', fix: 'Free some.', owner: 'engine', engine: 'pause' },
  ],
])('finds %s', (_name, text, expected) => {
  expect(errorsIn('packages/a/src/b.ts', text)).toMatchObject([expected]);
});

it('keeps what one error says apart from the next, and sees no code where none is raised', () => {
  const text = "f('ONE_A'); flowError('TWO_B', { what: 'Two.' }); known.has('THREE_C'); const list = ['FOUR_D'];";
  expect(errorsIn('server/src/a.ts', text).map(({ code, what }) => [code, what])).toEqual([
    ['ONE_A', null],
    ['TWO_B', 'Two.'],
  ]);
});

it('lets the place that says most speak for a code, and lists statuses that nothing raises by name', () => {
  const found = byCode([
    { code: 'B_B', path: 'packages/a/src/a.ts', ...nothing },
    { code: 'B_B', path: 'server/src/b.ts', ...nothing, what: 'All | of it.' },
  ]);
  const page = errorPage(found, { A_A: [404, 'Not there'], B_B: [409, 'Taken'] });
  expect(page).toContain(
    '| `A_A` | 404 |  |  | Not there |  | server |\n| `B_B` | 409 |  |  | All \\| of it. |  | server |',
  );
});

it('docs/errors.md is what the source says; run `node scripts/error-page.ts` after changing an error', () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(currentPage());
});
