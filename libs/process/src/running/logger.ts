import type { Logger } from '@gemel/application/ports';
import { destination, pino } from 'pino';
import type { LogLevel } from '../settings/index.js';

const STANDARD_ERROR = 2;

/** A log whose least important level can be changed while it is written. */
export interface AdjustableLogger extends Logger {
  /** `silent`, or one of `error`, `warn`, `info`, `debug`, `trace`. */
  level: string;
}

/**
 * One JSON line a message on standard error, so that standard output stays for people and programs.
 * @param name of the process, in each line
 */
export function createLogger(name: string, level: LogLevel): AdjustableLogger {
  return pino(
    { name, level, errorKey: 'error', serializers: { error: pino.stdSerializers.err } },
    destination({ dest: STANDARD_ERROR, sync: true }),
  );
}
