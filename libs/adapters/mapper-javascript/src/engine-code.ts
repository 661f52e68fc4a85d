import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** `i32.const 10000`, `i32.store align=2`: how often the engine asks whether it shall stop, each time that it has asked. */
const RELUCTANT = Buffer.from([0x41, 0x90, 0xce, 0x00, 0x36, 0x02]);
/** The same with 16, in as many bytes. */
const EAGER = Buffer.from([0x41, 0x90, 0x80, 0x00]);
/** In the interpreter, and twice for regular expressions. */
const PLACES = 3;

/**
 * QuickJS asks once in 10,000 steps of a loop whether it shall stop, and has no way to be told otherwise. A step may sort an
 * array or copy a text, so that a script with a limit of half a second could run for minutes. In this code it asks once
 * in 16; code that is made otherwise is left as it is.
 */
export async function eagerCode(): Promise<ArrayBuffer> {
  const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  // A copy, since a buffer may be a part of a larger one.
  return Uint8Array.from(madeEager(await readFile(file))).buffer;
}

/** Changes the bytes that it is given. */
export function madeEager(code: Buffer): Buffer {
  const places: number[] = [];
  for (let at = code.indexOf(RELUCTANT); at >= 0; at = code.indexOf(RELUCTANT, at + 1)) places.push(at);
  if (places.length === PLACES) for (const at of places) EAGER.copy(code, at);
  return code;
}
