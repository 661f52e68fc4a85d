import { pathToFileURL } from 'node:url';
import { ROOT } from '../setup/run-step.mjs';

const SOURCES = `${pathToFileURL(ROOT)}/`;
const COMPILED = `${SOURCES}.cache/watch/`;

/** Leads imports to what was just compiled instead of dist: packages by their `source` condition, then .ts to its .js. */
export async function resolve(specifier, context, next) {
  const found = await next(specifier, { ...context, conditions: [...context.conditions, 'source'] });
  if (!found.url.startsWith(SOURCES) || !found.url.endsWith('.ts')) return found;
  return { ...found, format: 'module', url: COMPILED + found.url.slice(SOURCES.length).replace(/\.ts$/, '.js') };
}
