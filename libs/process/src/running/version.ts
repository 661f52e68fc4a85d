import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Found by the package's name: a program holds this code in another place. */
const DESCRIPTION = createRequire(import.meta.url).resolve('@gemel/process/package.json');

/** The version in this package's description. */
export const VERSION = parseVersion(readFileSync(DESCRIPTION, 'utf8'));

function parseVersion(text: string): string {
  return (JSON.parse(text) as { version: string }).version;
}
