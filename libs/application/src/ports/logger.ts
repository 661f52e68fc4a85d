/**
 * One structured line per call. error: a person must act; warn: healed itself; info: life cycle; debug: per signal.
 * Never payloads, never secrets.
 */
export interface Logger {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
