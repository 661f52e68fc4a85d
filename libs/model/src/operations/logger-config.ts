import { JsonFieldMissing, JsonInvalid, isJsonObject, member } from '../json/index.js';
import type { JsonValue } from '../json/index.js';

/** Ditto's words, most silent first. */
export const LOG_LEVELS = ['off', 'error', 'warn', 'info', 'debug', 'trace', 'all'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The level of a logger and of all below it in the dotted hierarchy that have none of their own. */
export interface LoggerConfig {
  readonly [member: string]: JsonValue;
  readonly level: LogLevel;
  readonly logger: string;
}

/** Above all others. */
const ROOT = 'ROOT';
/** Longest name of a logger: the table is kept in memory. */
const MAX_NAME = 256;

/**
 * A level and the logger it is for, the root logger when none is named.
 * @throws JsonInvalid @throws JsonFieldMissing
 */
export function parseLoggerConfig(json: JsonValue): LoggerConfig {
  if (!isJsonObject(json)) throw new JsonInvalid('a log level is set by an object');
  const given = member(json, 'level');
  if (given === undefined) throw new JsonFieldMissing('level');
  const level = LOG_LEVELS.find((each) => typeof given === 'string' && each === given.toLowerCase());
  if (level === undefined) throw new JsonInvalid(`'level' is none of ${LOG_LEVELS.join(', ')}`);
  const logger = member(json, 'logger') ?? ROOT;
  if (typeof logger !== 'string' || logger.length > MAX_NAME)
    throw new JsonInvalid(`'logger' is not text of at most ${MAX_NAME} characters`);
  return { level, logger: logger === '' ? ROOT : logger };
}

/** The level of the nearest logger above `name`, itself included, that has one. */
export function effectiveLevel(levels: ReadonlyMap<string, LogLevel>, name: string): LogLevel {
  for (let at = name; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const level = levels.get(at);
    if (level !== undefined) return level;
  }
  return levels.get(ROOT) ?? 'info';
}

/** As they are shown, the root first; those that are switched off only when asked for. */
export function loggerConfigsOf(
  levels: ReadonlyMap<string, LogLevel>,
  includeDisabled: boolean,
): readonly LoggerConfig[] {
  return [...levels]
    .filter(([, level]) => includeDisabled || level !== 'off')
    .toSorted(([a], [b]) => Number(b === ROOT) - Number(a === ROOT) || (a < b ? -1 : 1))
    .map(([logger, level]) => ({ level, logger }));
}
