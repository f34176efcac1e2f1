/** What a stage throws about one record: it makes a record error with these words and ends nothing else. */
export const recordFault = (what: string, fix: string): Error =>
  Object.assign(new Error(what), { details: { what, fix } });
