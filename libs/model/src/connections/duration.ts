import { parseDuration } from '../time/index.js';
import type { ConfigReader } from './config-reader.js';

/** In milliseconds. */
export function readDuration(reader: ConfigReader, name: string, otherwise: number): number {
  const text = reader.textOrNumber(name);
  if (text === undefined) return otherwise;
  const ms = parseDuration(text);
  if (ms === undefined) reader.fault(name, "must be a time such as '60s'");
  return ms ?? otherwise;
}
