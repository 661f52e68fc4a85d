// docs/benchmarks.md: one section for each benchmark, so that one can be run without the other.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../setup/run-step.mjs';

const PAGE = join(ROOT, 'docs/benchmarks.md');

/** Puts the text in place of what is between `<!-- name -->` and `<!-- /name -->`. */
export async function writeSection(name, text) {
  const section = new RegExp(`(?<=<!-- ${name} -->\n)[^]*?(?=<!-- /${name} -->)`);
  const page = readFileSync(PAGE, 'utf8').replace(section, () => `\n${text}\n`);
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

/** What it was measured on. */
export function machine() {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${cpus()[0].model}, ${memory}, Node.js ${process.version}`;
}

/** How many programs wanted the processors in the last minutes, all together. */
export function busy() {
  return loadavg()[1].toFixed(1);
}

export function cells(...texts) {
  return `| ${texts.join(' | ')} |`;
}

export function whole(number) {
  return Math.round(number).toLocaleString('en-US');
}

export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
