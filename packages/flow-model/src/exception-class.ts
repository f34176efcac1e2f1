/** What kinds of problems the exception desk tells apart. */
export const exceptionClasses = [
  'value',
  'missing-reference',
  'duplicate',
  'rate-limit',
  'intermittent',
  'connection',
  'parse',
  'too-large',
  'permission',
  'business-rule',
  'period-closed',
  'ownership',
  'in-doubt',
  'defect',
] as const;
export type ExceptionClass = (typeof exceptionClasses)[number];
