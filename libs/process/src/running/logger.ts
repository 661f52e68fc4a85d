import type { Logger } from '@gemel/application/ports';
import { destination, pino } from 'pino';
import type { LogLevel } from '../settings/index.js';

const STANDARD_ERROR = 2;

/**
 * One JSON line a message on standard error, so that standard output stays for people and programs.
 * @param name of the process, in each line
 */
export function createLogger(name: string, level: LogLevel): Logger {
  return pino(
    { name, level, errorKey: 'error', serializers: { error: pino.stdSerializers.err } },
    destination({ dest: STANDARD_ERROR, sync: true }),
  );
}
