import { expect, it } from 'vitest';
import { parseSoql } from './soql-parser.ts';

it('reads operators by precedence: NOT binds tighter than AND, AND tighter than OR', () => {
  const { where } = parseSoql("SELECT Id FROM A WHERE x = 1 OR NOT y = 'b' AND z != null");
  expect(where).toMatchObject({
    kind: 'or',
    parts: [{ path: 'x' }, { kind: 'and', parts: [{ kind: 'not' }, { path: 'z', operator: '!=' }] }],
  });
});

it('reads an alias, child rows, escapes and paging', () => {
  const query = parseSoql(
    "SELECT a.Id, (SELECT Id FROM Contacts) FROM Account a WHERE a.Name = 'O\\'Neil' ORDER BY a.Name DESC NULLS LAST LIMIT 5 OFFSET 2",
  );
  expect(query).toMatchObject({
    from: 'Account',
    limit: 5,
    offset: 2,
    orderBy: [{ path: 'Name', descending: true, nullsLast: true }],
    select: [{ kind: 'field', path: 'Id' }, { kind: 'children' }],
    where: { path: 'Name', value: { value: "O'Neil" } },
  });
});

it('names what it does not know', () => {
  const refusals = [
    'SELECT Id FROM A GROUP BY Id',
    'SELECT Id FROM A FOR UPDATE',
    'SELECT SUM(Amount) FROM A',
    'SELECT Id FROM A WHERE x ~ 1',
    'SELECT Id FROM A WHERE x =',
    'SELECT FROM A',
  ];
  for (const query of refusals) expect(() => parseSoql(query)).toThrow(SyntaxError);
});
