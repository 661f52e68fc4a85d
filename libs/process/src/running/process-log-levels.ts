import type { LogLevels } from '@gemel/api/operations';
import { effectiveLevel, loggerConfigsOf } from '@gemel/model/operations';
import type { LoggerConfig, LogLevel as DittoLevel } from '@gemel/model/operations';
import type { LogLevel } from '../settings/index.js';
import type { AdjustableLogger } from './logger.js';

/** Name of the one logger that a process writes by, below the one that Ditto's tools set. */
const OWN = 'org.eclipse.ditto.gemel';
/** Names that may be set; nothing but `OWN` and what is above it has an effect. */
const MAX_LOGGERS = 100;

const OF_PINO = { silent: 'off', error: 'error', warn: 'warn', info: 'info', debug: 'debug' } as const satisfies Record<
  LogLevel,
  DittoLevel
>;
const TO_PINO = {
  off: 'silent',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
  all: 'trace',
} as const satisfies Record<DittoLevel, string>;

/** The levels by logger as Ditto has them, of which one process' log obeys the nearest. */
export class ProcessLogLevels implements LogLevels {
  readonly #levels: Map<string, DittoLevel>;

  constructor(
    private readonly log: AdjustableLogger,
    initial: LogLevel,
  ) {
    this.#levels = new Map([
      ['ROOT', OF_PINO[initial]],
      ['org.eclipse.ditto', OF_PINO[initial]],
    ]);
  }

  configs(includeDisabled: boolean): readonly LoggerConfig[] {
    return loggerConfigsOf(this.#levels, includeDisabled);
  }

  set({ logger, level }: LoggerConfig): boolean {
    if (!this.#levels.has(logger) && this.#levels.size >= MAX_LOGGERS) return false;
    this.#levels.set(logger, level);
    this.log.level = TO_PINO[effectiveLevel(this.#levels, OWN)];
    return true;
  }
}
