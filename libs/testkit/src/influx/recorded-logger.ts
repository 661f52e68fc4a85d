import type { Logger } from '@gemel/application/ports';

export interface LoggedLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Adds what is logged to `lines`. */
export function recordedLogger(lines: LoggedLine[]): Logger {
  const at = (level: LoggedLine['level']) => (fields: object, message: string) =>
    void lines.push({ ...fields, level, message });
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
