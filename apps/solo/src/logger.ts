import type { Logger } from '@gemel/application/ports';
import { destination, pino } from 'pino';
import type { Settings } from './config.js';

const STANDARD_ERROR = 2;

/** One JSON line a message on standard error, so that standard output stays for people and programs. */
export function createLogger(level: Settings['GEMEL_LOG_LEVEL']): Logger {
  return pino(
    { name: 'gemel', level, errorKey: 'error', serializers: { error: pino.stdSerializers.err } },
    destination({ dest: STANDARD_ERROR, sync: true }),
  );
}
