/** One line of the benchmark: a ratio against a floor measured in the same run, or against a fixed target. */
export interface Row {
  what: string;
  floor: string;
  measured: string;
  ratio: number;
  target: string;
  met: boolean | 'not measured' | 'no target';
}

export interface RowGroup {
  /** Asked for by name: `npm run bench -- recovery`. */
  name: string;
  measure(rounds: number): Promise<Row[]>;
}
