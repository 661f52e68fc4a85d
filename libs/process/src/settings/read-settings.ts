import type { z } from 'zod';

/** Every fault of the configuration at once. */
export class ConfigurationInvalid extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a process from its environment. Others' variables are left alone.
 * @throws ConfigurationInvalid listing all faults, misspelled `GEMEL_` names among them
 */
export function readSettings<Schema extends z.ZodObject>(schema: Schema, environment: Environment): z.infer<Schema> {
  const known = new Set(Object.keys(schema.shape));
  const faults = Object.keys(environment)
    .filter((name) => name.startsWith('GEMEL_') && !known.has(name))
    .map((name) => `${name}: there is no such setting`);
  const result = schema.safeParse(environment);
  if (!result.success) faults.push(...result.error.issues.map((issue) => faultOf(issue, environment)));
  if (!result.success || faults.length > 0) throw new ConfigurationInvalid(faults.join('\n'));
  return result.data;
}

/** Never holds the value: it may be a secret. */
function faultOf({ path, code, message }: z.core.$ZodIssue, environment: Environment): string {
  const name = path.join('.');
  const isMissing = code === 'invalid_type' && environment[name] === undefined;
  return `${name}: ${isMissing ? 'it must be set' : message}`;
}
