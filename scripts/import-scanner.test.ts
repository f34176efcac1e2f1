import { expect, it } from 'vitest';
import { importsIn } from './import-scanner.ts';

const specifiers = (source: string) => importsIn(source).map((found) => found.specifier);

it('finds imports of every form, with their lines', () => {
  const source = `import a from 'one';
import type { B } from "two";
import {
  c,
  d,
} from 'three';
import 'four';
export { e } from 'five';
export type { F } from 'six';
export * from 'seven';
export * as g from 'eight';
const late = await import('nine');
`;
  expect(
    importsIn(source).map(({ specifier, line, typeOnly, dynamic, exportsAll }) => [
      specifier,
      line,
      typeOnly,
      dynamic,
      exportsAll,
    ]),
  ).toEqual([
    ['one', 1, false, false, false],
    ['two', 2, true, false, false],
    ['three', 6, false, false, false],
    ['four', 7, false, false, false],
    ['five', 8, false, false, false],
    ['six', 9, true, false, false],
    ['seven', 10, false, false, true],
    ['eight', 11, false, false, true],
    ['nine', 12, false, true, false],
  ]);
});

it('does not take comments, templates and exported values for imports', () => {
  const source = [
    "// import a from 'comment'",
    "/*\nimport b from 'block'\n*/",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is part of the source under test.
    'const scaffold = `\nimport c from \'template\';\n${inner(`\nimport d from "nested";\n`)}\n`;',
    "export const from = 'value';",
    "export const list = ['from', 'x'];",
    "import e from 'real';",
  ].join('\n');
  expect(specifiers(source)).toEqual(['real']);
});

it('is not confused by quotes inside regular expressions', () => {
  const source =
    "const quote = /[`'\"/]/.test(text) ? 1 : 0;\nconst half = a / b;\nimport x from 'after';\nconst c = 4 / 2 + `x`;\nimport y from 'last';\n";
  expect(specifiers(source)).toEqual(['after', 'last']);
});

it('does not join an export with the import on the next lines', () => {
  expect(specifiers("export interface A {\n  b: string\n}\nimport c from 'd';\n")).toEqual(['d']);
});
