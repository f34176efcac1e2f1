import { expect, it } from 'vitest';
import type { ChunkPlan, ChunkStand } from './chunk.ts';
import { processChunk } from './process-chunk.ts';
import type { StageTools } from './stages.ts';

const tools: StageTools = {
  evaluate: async () => undefined,
  counterparts: async (_entity, _from, _to, ids) => ids.map((id) => (id === 'E-1' ? '4711' : null)),
  lookUp: async (_table, keys) => keys.map((key) => (key['code'] === 'DE01' ? { name: 'Berlin' } : null)),
  code: [],
};
const csv = { is: 'csv' as const, header: true, delimiter: ',', quote: '"', columns: [] };
const aPlan = (more: Partial<ChunkPlan> = {}): ChunkPlan => ({
  format: csv,
  maxRecordChars: 1_000,
  stages: [],
  sink: { into: 'list', limit: 100 },
  ...more,
});
const aStand = (more: Partial<ChunkStand> = {}): ChunkStand => ({
  encoding: 'bytes-ascii',
  isLast: true,
  at: 0,
  row: 0,
  line: 0,
  columns: null,
  writtenColumns: null,
  room: 100,
  ...more,
});
const read = async (text: string, plan = aPlan(), stand = aStand(), own = tools) =>
  (await processChunk(text, plan, stand, own)).result;

it('reads quoted values with delimiters, line ends and doubled quotes in them', async () => {
  const { list, errors } = await read('id,note\r\n1,"a, b\r\nc ""d"""\r\n2,plain\r\n');
  expect(list).toEqual([
    { id: '1', note: 'a, b\r\nc "d"' },
    { id: '2', note: 'plain' },
  ]);
  expect(errors).toEqual([]);
});

it('keeps leading zeros, and tells empty lines from records', async () => {
  const { list } = await read('id,code\n007,\n\n8,0042');
  expect(list).toEqual([
    { id: '007', code: '' },
    { id: '8', code: '0042' },
  ]);
});

it('gives up one row for a field too many, a stray quote or a quote that is never closed, and reads on', async () => {
  const rows = ['id,note', '1,a', '2,b,c', '3,x"y', '4,"open', '5,e', '6,"f" g', '7,h'];
  const { list, errors } = await read(rows.join('\n'));
  expect(list.map((record) => (record as { id: string }).id)).toEqual(['1', '5', '7']);
  expect(errors.map(({ row, line, source }) => [row, line, source])).toEqual([
    [2, 3, '2,b,c'],
    [3, 4, '3,x"y'],
    [4, 5, '4,"open'],
    [6, 7, '6,"f" g'],
  ]);
  for (const { what, fix } of errors) expect(what.length * fix.length).toBeGreaterThan(0);
});

it('names row, column and value of a cell that is not of its kind', async () => {
  const columns = [{ name: 'hours', kind: 'number' as const, decimal: ',' as const }];
  const { list, errors } = await read(
    'id;hours\n1;7,5\n2;lots\n3;\n4;1.234,5',
    aPlan({ format: { ...csv, delimiter: ';', columns } }),
  );
  expect(list).toEqual([
    { id: '1', hours: 7.5 },
    { id: '3', hours: null },
    { id: '4', hours: 1234.5 },
  ]);
  expect(errors).toEqual([
    {
      row: 2,
      line: 3,
      column: 'hours',
      step: null,
      what: '"lots" in hours is not a number',
      fix: 'Write a number.',
      source: '2;lots',
    },
  ]);
});

it('leaves a row that the chunk cuts to the next one', async () => {
  const { consumed, list, columns } = await read('id,n\n1,a\n2,"b', aPlan(), aStand({ isLast: false }));
  expect(list).toEqual([{ id: '1', n: 'a' }]);
  expect(columns).toEqual(['id', 'n']);
  expect('id,n\n1,a\n2,"b'.slice(consumed)).toBe('2,"b');
});

it('gives the same records wherever the text is cut', async () => {
  const text = 'id,note\n1,"a\nb"\n2,c\n\n3,"d ""e"""\n4,bad,row\n5,"f,g"\r\n6,h';
  const whole = await read(text);
  for (let at = 1; at < text.length; at += 1) {
    const first = await read(text.slice(0, at), aPlan(), aStand({ isLast: false }));
    const rest = text.slice(first.consumed);
    const stand = aStand({ columns: first.columns, row: first.rowsIn, line: first.lines });
    const second = await read(rest, aPlan(), stand);
    expect([...first.list, ...second.list], `cut at ${at}`).toEqual(whole.list);
    expect([...first.errors, ...second.errors]).toEqual(whole.errors);
  }
});

it('takes no piece of a row that is given up for a row, wherever the text is cut', async () => {
  const text = 'name,amount\nAnna,1\n12" pipe,Bob,500\n"x" y,Eve,900\nCarl,2\n';
  for (let at = 1; at < text.length; at += 1) {
    const first = await read(text.slice(0, at), aPlan(), aStand({ isLast: false }));
    const stand = aStand({ columns: first.columns, row: first.rowsIn, line: first.lines });
    const second = await read(text.slice(first.consumed), aPlan(), stand);
    expect([...first.list, ...second.list], `cut at ${at}`).toEqual([
      { name: 'Anna', amount: '1' },
      { name: 'Carl', amount: '2' },
    ]);
    expect([...first.errors, ...second.errors].map(({ row, line }) => [row, line])).toEqual([
      [2, 3],
      [3, 4],
    ]);
  }
});

it('passes over a line that is too long and says which it was', async () => {
  const text = `id\n1\n${'x'.repeat(2_000)}\n3\n`;
  const { list, errors, isOverlong } = await read(text);
  expect(list).toEqual([{ id: '1' }, { id: '3' }]);
  expect(errors).toMatchObject([{ row: 2, line: 3, what: 'it is longer than 1 KB' }]);
  expect(isOverlong).toBe(false);
  const cut = await read(text.slice(0, 1_500), aPlan(), aStand({ isLast: false }));
  expect(cut).toMatchObject({ isOverlong: true, consumed: 1_500 });
});

it.each([
  ['bytes-utf-8', 'M\u00c3\u00bcller', 'Müller'],
  ['bytes-windows-1252', 'M\u00fcller \u0080', 'Müller €'],
  ['bytes-latin1', 'M\u00fcller', 'Müller'],
] as const)('reads %s', async (encoding, raw, text) => {
  expect((await read(`name\n${raw}\n`, aPlan(), aStand({ encoding }))).list).toEqual([{ name: text }]);
});

it('makes a record error of text that is not valid in its encoding', async () => {
  const { list, errors } = await read('name\nok\nM\u00fcller\n', aPlan(), aStand({ encoding: 'bytes-utf-8' }));
  expect(list).toEqual([{ name: 'ok' }]);
  expect(errors).toMatchObject([{ row: 2, column: 'name', what: 'the text of name is not valid UTF-8' }]);
});

it('takes records through map, filter and lookup and keeps their order', async () => {
  const { list, errors } = await read(
    'id,centre,hours\n1,DE01,2\n2,XX,3\n3,DE01,0\n4,DE01,x\n',
    aPlan({
      stages: [
        { do: 'filter', step: 'onlyWorked', keep: 'record.hours != "0"', values: {} },
        {
          do: 'map',
          step: 'shape',
          keepOthers: true,
          values: { rate: 100 },
          fields: [
            { name: 'amount', expression: 'record.hours = "x" ? record.hours : $number(record.hours) * values.rate' },
          ],
        },
        {
          do: 'lookup',
          step: 'centres',
          table: 'centres',
          key: [{ name: 'code', expression: 'record.centre' }],
          into: 'place',
          onMissing: 'error',
          values: {},
        },
      ],
    }),
  );
  expect(list).toMatchObject([
    { id: '1', amount: 200, place: { name: 'Berlin' } },
    { id: '4', amount: 'x' },
  ]);
  expect(errors).toMatchObject([{ row: 2, step: 'centres', what: 'the table "centres" has no row for code XX' }]);
});

it('puts the id of the other system into each record, and says which one has no link', async () => {
  const stage = {
    do: 'counterpart' as const,
    step: 'people',
    entity: 'employee',
    fromSystem: 'hr',
    id: 'record.employee',
    toSystem: 'psa',
    into: 'psaId',
    onMissing: 'error' as const,
    values: {},
  };
  const text = 'employee,hours\nE-1,2\nE-9,3\n,4\nE-1,5\n';
  const { list, errors } = await read(text, aPlan({ stages: [stage] }));
  expect(list).toEqual([
    { employee: 'E-1', hours: '2', psaId: '4711' },
    { employee: 'E-1', hours: '5', psaId: '4711' },
  ]);
  expect(errors).toMatchObject([
    { row: 2, line: 3, step: 'people', what: 'no employee of psa is linked to hr E-9' },
    { row: 3, line: 4, step: 'people', what: 'it has no hr id of the employee' },
  ]);
  expect(errors[0]?.fix).toContain('crosswalk');
  const without = await read(text, aPlan({ stages: [{ ...stage, onMissing: 'null' }] }));
  expect(without.list).toMatchObject([{ psaId: '4711' }, { psaId: null }, { psaId: '4711' }]);
});

it('counts a record in all its totals or in none', async () => {
  const { groups, errors, rowsOut } = await read(
    'kind,amount\na,0.1\na,0.2\nb,many\na,0.3\n',
    aPlan({
      stages: [
        {
          do: 'map',
          step: 'm',
          keepOthers: false,
          values: {},
          fields: [
            { name: 'kind', expression: 'record.kind' },
            { name: 'amount', expression: 'record.amount = "many" ? "many" : $number(record.amount)' },
          ],
        },
      ],
      sink: {
        into: 'totals',
        groupBy: [{ name: 'kind', expression: 'record.kind' }],
        measures: [
          { name: 'count', kind: 'count', expression: '' },
          { name: 'sum', kind: 'sum', expression: 'record.amount' },
        ],
        values: {},
        maxGroups: 10,
      },
    }),
  );
  expect(rowsOut).toBe(3);
  expect(groups).toMatchObject([['"a', { by: ['a'], measures: [{ count: 3 }, { count: 3, whole: 6_000, rest: 0 }] }]]);
  expect(errors).toMatchObject([{ row: 3, what: 'sum: "many" is not a number' }]);
});

it('runs code on each record and leaves out what it gives null for', async () => {
  const code = [
    (({ record }: { record: { id: string } }) => (record.id === '2' ? null : { ...record, seen: true })) as never,
  ];
  const stages = [{ do: 'code' as const, step: 'c', source: 'not used here', values: {} }];
  const { list } = await read('id\n1\n2\n', aPlan({ stages }), aStand(), { ...tools, code });
  expect(list).toEqual([{ id: '1', seen: true }]);
});

it('writes text that looks like a formula so that no spreadsheet runs it', async () => {
  const sink = {
    into: 'file' as const,
    origin: 's',
    path: 'p',
    format: 'csv' as const,
    delimiter: ',',
    columns: [],
    ifExists: 'fail' as const,
  };
  const { body } = await processChunk('a,b\n=1+1,-5\n"x,""y",z\n', aPlan({ sink }), aStand(), tools);
  expect(body).toBe('a,b\r\n\'=1+1,-5\r\n"x,""y",z\r\n');
});

it('ends the step, not a record, when an expression cannot be read', async () => {
  const stages = [{ do: 'filter' as const, step: 'keep', keep: 'record.(', values: {} }];
  await expect(read('a\n1\n', aPlan({ stages }))).rejects.toThrow(/RECORD_EXPRESSION_INVALID.*step keep/s);
});

it('reads JSON lines and refuses what is no object', async () => {
  const { list, errors } = await read('{"a":1}\n[1]\n{"a":\n{"a":2}', aPlan({ format: { is: 'jsonl' } }));
  expect(list).toEqual([{ a: 1 }, { a: 2 }]);
  expect(errors.map(({ row }) => row)).toEqual([2, 3]);
});

it('ends a chunk early that refuses very many records, and leaves the rest to the next one', async () => {
  const text = `id,n\n${Array.from({ length: 12_000 }, (_, row) => (row === 11_999 ? `${row},1` : `${row}`)).join('\n')}\n`;
  const rows: number[] = [];
  const lists: unknown[] = [];
  let stand = aStand();
  let rest = text;
  while (rest !== '') {
    const { errors, list, consumed, columns, rowsIn, lines, isFull } = await read(rest, aPlan(), stand);
    expect(errors.length).toBeLessThanOrEqual(5_000);
    expect(isFull).toBe(errors.length === 5_000);
    rows.push(...errors.map(({ row }) => row));
    lists.push(...list);
    rest = rest.slice(consumed);
    stand = aStand({ columns, row: stand.row + rowsIn, line: stand.line + lines });
  }
  expect(rows).toEqual(Array.from({ length: 11_999 }, (_, row) => row + 1));
  expect(lists).toEqual([{ id: '11999', n: '1' }]);
});

it('refuses numbers of JSON lines that would become others, and takes their digits as text', async () => {
  const ids = [
    '12345678901234567890',
    '-9007199254740993',
    '1e999',
    '9007199254740992',
    '0.30000000000000004',
    '"12345678901234567890"',
  ];
  const text = ids.map((id) => `{"id":${id}}`).join('\n');
  const { list, errors } = await read(text, aPlan({ format: { is: 'jsonl' } }));
  expect(list).toEqual([{ id: 9_007_199_254_740_992 }, { id: 0.30000000000000004 }, { id: '12345678901234567890' }]);
  expect(errors.map(({ row, column, what }) => [row, column, what])).toEqual([
    [1, 'id', 'the number 12345678901234567890 cannot be kept digit by digit'],
    [2, 'id', 'the number -9007199254740993 cannot be kept digit by digit'],
    [3, 'id', 'the number 1e999 cannot be kept digit by digit'],
  ]);
});
