/** Finds every error code in the source with what is said about it. Pure over text; `error-page.ts` reads and writes files. */

export interface FoundError {
  code: string;
  /** From the top of the repository. */
  path: string;
  what: string | null;
  fix: string | null;
  owner: string | null;
  engine: string | null;
}

/** What helpers say without being told. */
const helperDefaults: Readonly<Record<string, { owner: string; engine: string | null; fix?: string; says?: 'fix' }>> = {
  engineError: {
    owner: 'engine',
    engine: 'stop',
    fix: 'Retry the step; if it fails again, report it with the export of the run.',
  },
  guestError: { owner: 'user', engine: 'stop' },
  codeError: {
    owner: 'user',
    engine: 'stop',
    fix: 'Correct the code of the step; the lines are those of its editor.',
  },
  // Connectors word what happened from the reply, and say themselves only what to do.
  forPerson: { owner: 'user', engine: 'stop', says: 'fix' },
  repeatedLater: { owner: 'provider', engine: 'retry', fix: 'Nothing: the step is repeated.' },
  defect: { owner: 'engine', engine: 'stop', fix: 'This is a defect of the node; report it to its author.' },
  flowFault: { owner: 'user', engine: null },
  flowWarning: { owner: 'user', engine: null },
};

const raised = /(?:\b(\w+)\(\s*|\bcode:\s*)'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g;
/** Calls that take a code but raise nothing. */
const notRaised = new Set(['has', 'includes', 'toThrow', 'isKnown']);

/** How far above an error the constants it speaks with may stand. */
const REACH = 1_500;

/** Every place of a file that raises an error with a literal code. */
export function errorsIn(path: string, text: string): FoundError[] {
  return [...text.matchAll(raised)].flatMap((match): FoundError[] => {
    const [, helper, code = ''] = match;
    if (helper !== undefined && notRaised.has(helper)) return [];
    const end = match.index + match[0].length;
    const said = parts(text.slice(end, closing(text, end)));
    const details = said.flatMap((part) => (part.startsWith('{') ? parts(part.slice(1, -1)) : [part]));
    const above = text.slice(Math.max(0, match.index - REACH), match.index);
    const named = (name: string): string | null => {
      const part = details.find((each) => each === name || each.startsWith(`${name}:`));
      return part === undefined ? null : textOf(part === name ? name : part.slice(name.length + 1).trim(), above);
    };
    const texts = helper === undefined ? [] : said.map((part) => textOf(part, above)).filter((one) => one !== null);
    const defaults = helper === undefined ? undefined : helperDefaults[helper];
    const [what = null, fix = null] = defaults?.says === 'fix' ? [null, ...texts] : texts;
    return [
      {
        code,
        path,
        what: named('what') ?? named('detail') ?? what,
        fix: named('fix') ?? fix ?? defaults?.fix ?? null,
        owner: named('owner') ?? defaults?.owner ?? null,
        engine: named('engine') ?? defaults?.engine ?? null,
      },
    ];
  });
}

/** Index behind the text literal that starts at `at`, values inserted into it included. */
function literalEnd(text: string, at: number): number {
  const quote = text[at];
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === quote) return index + 1;
    else if (quote === '`' && text.startsWith('${', index)) index = closing(text, index + 2);
  }
  return text.length;
}

/** Index of the bracket that closes what is open at `start`; brackets inside texts do not count. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if ('\'"`'.includes(character)) at = literalEnd(text, at) - 1;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return text.length;
}

/** The parts of an argument list or object body, at its own level. */
function parts(said: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let at = 0; at <= said.length; at += 1) {
    const character = said[at] ?? ',';
    if ('\'"`'.includes(character)) at = literalEnd(said, at) - 1;
    else if ('([{'.includes(character)) at = closing(said, at + 1);
    else if (character === ',') {
      found.push(said.slice(start, at).trim());
      start = at + 1;
    }
  }
  return found.filter((part) => part !== '');
}

/** The text an expression stands for: a literal, or a constant declared above it; null for anything else. */
function textOf(expression: string, above: string): string | null {
  if (/^['"`]/.test(expression))
    return literalEnd(expression, 0) === expression.length ? plain(expression.slice(1, -1)) : null;
  if (!/^\w+$/.test(expression)) return null;
  const declared = [...above.matchAll(new RegExp(`\\bconst ${expression} =\\s*(?=['"\`])`, 'g'))].at(-1);
  if (!declared) return null;
  const start = declared.index + declared[0].length;
  return plain(above.slice(start + 1, literalEnd(above, start) - 1));
}

/** Text as people read it: inserted values become an ellipsis. */
function plain(text: string): string {
  let read = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith('${', at)) {
      read += '…';
      at = closing(text, at + 2);
    } else if (text[at] !== '\\') read += text[at];
  }
  return read.replace(/\s+/g, ' ').trim();
}

/** One row per code: the place that says most about it speaks for it. */
export function byCode(found: readonly FoundError[]): FoundError[] {
  const groups = Object.values(Object.groupBy(found, ({ code }) => code)) as FoundError[][];
  const richness = (one: FoundError) =>
    [one.what, one.fix, one.owner, one.engine].filter((part) => part !== null).length;
  const richest = groups.map((group) => group.reduce((best, one) => (richness(one) > richness(best) ? one : best)));
  return richest.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

const cell = (text: string | null): string => (text ?? '').replaceAll('|', '\\|').replaceAll('<', '&lt;');
const packageOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('server/') ? 1 : 2)
    .join('/');

/** The page of all codes. @param statuses HTTP status and title by code, for those the API answers with. */
export function errorPage(
  errors: readonly FoundError[],
  statuses: Readonly<Record<string, readonly [number, string]>>,
): string {
  const unraised = Object.keys(statuses).filter((code) => !errors.some((error) => error.code === code));
  const rows = [
    ...errors,
    ...unraised.map((code) => ({ code, path: 'server/', what: null, fix: null, owner: null, engine: null })),
  ].toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const lines = rows.map(({ code, path, what, fix, owner, engine }) => {
    const [status, title] = statuses[code] ?? [];
    return `| \`${code}\` | ${status ?? ''} | ${cell(owner)} | ${cell(engine)} | ${cell(what ?? title ?? null)} | ${cell(fix)} | ${packageOf(path)} |`;
  });
  return `# Error codes

Every error says what happened, whose it is and what to do. \`…\` stands for the name or value at hand; an empty meaning or
remedy is worded from the answer of the system that refused. Generated by \`node scripts/error-page.ts\`.

- **HTTP**: the status, for errors that the API answers with.
- **whose**: \`user\` (data, settings or rights are to be corrected), \`provider\` (the outside system), \`engine\` (a defect).
- **engine**: \`retry\` with backoff, \`stop\` and take the error port or fail, \`pause\` until a person resumes. Empty for requests
  and for checks of a flow, which stop nothing that runs.

| code | HTTP | whose | engine | what happened | what to do | raised in |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
}
