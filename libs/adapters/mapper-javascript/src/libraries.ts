import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const texts = new Map<string, Promise<string>>();

/** Both put themselves into the global `dcodeIO`; ByteBuffer takes Long from there. */
export async function libraries(wanted: { loadsByteBuffer: boolean; loadsLong: boolean }): Promise<readonly string[]> {
  const { loadsByteBuffer, loadsLong } = wanted;
  const files = [
    ...(loadsLong || loadsByteBuffer ? ['long/dist/long.min.js'] : []),
    ...(loadsByteBuffer ? ['bytebuffer/dist/bytebuffer.min.js'] : []),
  ];
  return Promise.all(files.map(textOf));
}

function textOf(file: string): Promise<string> {
  const known = texts.get(file) ?? readFile(resolve(file), 'utf8');
  texts.set(file, known);
  return known;
}
