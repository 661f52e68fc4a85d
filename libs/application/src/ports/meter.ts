/** A number of an adapter that operators watch, read when somebody asks for it. */
export interface Meter {
  /** Prometheus' name, `gemel_` first unless operators chose it, with the unit; that of a counter ends in `_total`. The same in every adapter of a port. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** A counter only grows, from the start of the process on. */
  readonly kind: 'counter' | 'gauge';
  /** Names of the labels that its samples have; none when absent. */
  readonly labels?: readonly string[];
  /** A number, or one for each of a few values of its labels. Cheap: it may be asked for each second. */
  read(): number | readonly MeterSample[] | Promise<number | readonly MeterSample[]>;
}

export interface MeterSample {
  /** Few different values, never ids. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
