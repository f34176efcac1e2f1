/** Writes docs/errors.md from the source; run it after adding or rewording an error. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { problemTable } from '../server/src/problem.ts';
import { byCode, errorPage, errorsIn } from './error-codes.ts';

const root = resolve(import.meta.dirname, '..');
export const pageFile = join(root, 'docs', 'errors.md');
const aside = /\.test\.ts$|\/(test|testing|contract|simulators)\//;

/** The page as the source of today has it. */
export function currentPage(): string {
  const paths = ['{packages,nodes}/*/src/**/*.ts', 'server/src/**/*.ts']
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !aside.test(`/${path}`))
    .toSorted();
  const found = paths.flatMap((path) => errorsIn(path, readFileSync(join(root, path), 'utf8')));
  return errorPage(byCode(found), problemTable);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(pageFile, currentPage());
