import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../setup/run-step.mjs';

const SOURCES = `${pathToFileURL(ROOT)}/`;
const COMPILED = `${SOURCES}.cache/watch/`;

/** Every module keeps its source's URL, so that files beside it are found; packages resolve to their sources, too. */
export async function resolve(specifier, context, next) {
  const fromSource = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
  const wanted = fromSource ? specifier.replace(/\.js$/, '.ts') : specifier;
  const found = await next(wanted, { ...context, conditions: [...context.conditions, 'source'] });
  if (!found.url.startsWith(COMPILED)) return found;
  return { ...found, url: SOURCES + found.url.slice(COMPILED.length).replace(/\.js$/, '.ts') };
}

/** Loads for a source what was just compiled from it. */
export async function load(url, context, next) {
  if (!url.startsWith(SOURCES) || !url.endsWith('.ts')) return next(url, context);
  const compiled = COMPILED + url.slice(SOURCES.length).replace(/\.ts$/, '.js');
  return { format: 'module', shortCircuit: true, source: await readFile(new URL(compiled)) };
}
