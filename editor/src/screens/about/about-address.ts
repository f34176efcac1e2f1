/**
 * The page of one business object. Dots are escaped as well: the server takes a path that ends like a file name for a file,
 * and keys such as `INV.2026` end like one. Pure.
 */
export const aboutAddress = (businessKey: string): string =>
  `/about/${encodeURIComponent(businessKey.toWellFormed()).replaceAll('.', '%2E')}`;
