/** What may be bound to a statement. libsql ends the process on booleans and objects, so everything else is refused here. */
export type Bindable = string | number | bigint | Uint8Array | null;
export type Row = Readonly<Record<string, Bindable>>;

/** A prepared statement; positional parameters `?`. */
export interface Statement {
  run(...parameters: readonly Bindable[]): void;
  get(...parameters: readonly Bindable[]): Row | undefined;
  all(...parameters: readonly Bindable[]): readonly Row[];
  /** Rows one by one; the database must not be written while it runs. */
  iterate(...parameters: readonly Bindable[]): IterableIterator<Row>;
}

/** The part of SQLite that the embedded adapters use. Synchronous: the caller decides when to block for the disk. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Brings the pages of the write-ahead file home while commits go on; absent where the driver can only do so in one. */
  readonly bringHome?: () => Promise<void>;
  close(): void;
}

/** Opens a database file, which is created when missing. */
export type OpenDriver = (file: string) => Database;

/** @throws TypeError for what must not reach the driver: booleans, objects, undefined, NaN and infinities */
export function checkBindable(parameters: readonly unknown[]): void {
  for (const parameter of parameters) {
    if (typeof parameter === 'string' || parameter === null || typeof parameter === 'bigint') continue;
    if (typeof parameter === 'number' && Number.isFinite(parameter)) continue;
    if (parameter instanceof Uint8Array) continue;
    throw new TypeError(`cannot bind ${typeof parameter === 'number' ? String(parameter) : typeof parameter} to SQL`);
  }
}
