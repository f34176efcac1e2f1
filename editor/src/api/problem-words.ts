import { ApiError } from '@waybill/api-contract';

/** How Chromium, Firefox and Safari say that a chunk could not be fetched. */
const partIsGone = /dynamically imported module|Importing a module script failed/i;

/** What happened and what to do, from anything that was thrown. */
export function wordsOf(error: unknown): { what: string; fix: string; code: string } {
  if (error instanceof ApiError) {
    const { detail, fix, code, problems } = error.problem;
    const each = problems?.map((problem) => `${problem.path}: ${problem.what}`).join(' ');
    return { what: each ? `${detail} ${each}` : detail, fix, code };
  }
  if (error instanceof TypeError && partIsGone.test(error.message))
    return {
      what: 'This part of Waybill could not be loaded.',
      fix: 'Reload the page: Waybill may have been updated, or the connection was lost.',
      code: 'PART_NOT_LOADED',
    };
  return {
    what: error instanceof Error ? error.message : 'Something went wrong.',
    fix: 'Reload the page; if it stays, tell your administrator what you did just before.',
    code: 'UNEXPECTED',
  };
}

export const isApiError = (error: unknown, code: string): boolean =>
  error instanceof ApiError && error.problem.code === code;
