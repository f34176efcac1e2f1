/** `842 B`, `12 KB`, `3.4 MB`; decimal units, as file managers show them. Pure. */
export function sizeWords(sizeBytes: number): string {
  if (sizeBytes < 1_000) return `${sizeBytes} B`;
  if (sizeBytes < 1_000_000) return `${Math.round(sizeBytes / 1_000)} KB`;
  if (sizeBytes < 1_000_000_000) return `${Number((sizeBytes / 1_000_000).toFixed(1))} MB`;
  return `${Number((sizeBytes / 1_000_000_000).toFixed(2))} GB`;
}
