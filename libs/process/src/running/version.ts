import { readFileSync } from 'node:fs';

/** The version in this package's description. */
export const VERSION = parseVersion(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

function parseVersion(text: string): string {
  return (JSON.parse(text) as { version: string }).version;
}
