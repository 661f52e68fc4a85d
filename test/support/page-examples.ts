import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A JSON example of a page in `docs/`, by its `name`. @param places what stands for addresses in it, and what they are here */
export function pageExample(page: string, name: string, places: Readonly<Record<string, string>>): unknown {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)), 'utf8');
  const blocks = [...text.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  const found = blocks.find((block) => (JSON.parse(block) as { name?: string }).name === name);
  if (found === undefined) throw new Error(`${page} has no example '${name}'`);
  const placed = Object.entries(places).reduce((placed, [place, actual]) => placed.replaceAll(place, actual), found);
  return JSON.parse(placed);
}
