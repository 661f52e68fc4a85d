import type { ConfigReader } from './config-reader.js';

/** At most once, at least once, exactly once. */
export type Qos = 0 | 1 | 2;

/** Without `otherwise` it must be there. */
export function readQos(reader: ConfigReader, name: string, otherwise?: Qos): Qos {
  const rule = { min: 0, max: 2, ...(otherwise === undefined ? undefined : { default: otherwise }) };
  const value = reader.integer(name, rule);
  return value === 1 || value === 2 ? value : 0;
}
