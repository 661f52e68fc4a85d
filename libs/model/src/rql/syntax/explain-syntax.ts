import { Matching, escaped } from './matching.js';
import type { Rule } from './matching.js';
import { expectedAt } from './mismatch.js';

/**
 * What is wrong with a text that a grammar does not accept, worded as Ditto's parser words it: what stands there, what was
 * expected instead, the line and a caret below it.
 * @returns undefined when the text is right
 */
export function explainSyntax(grammar: Rule, text: string): string | undefined {
  const attempt = new Matching(text, Infinity);
  if (grammar(attempt)) return undefined;
  const position = attempt.furthest;
  const again = new Matching(text, position);
  grammar(again);
  const found = text[position];
  const problem = found === undefined ? 'Unexpected end of input' : `Invalid input '${escaped(found)}'`;
  const expected = listed(expectedAt(position, again.mismatches));
  const before = text.slice(0, position).split('\n');
  const column = (before.at(-1) ?? '').length;
  const line = text.split('\n')[before.length - 1] ?? '';
  const where = `(line ${before.length}, column ${column + 1})`;
  return `${problem}, expected ${expected} ${where}:\n${line}\n${' '.repeat(column)}^`;
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '???';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
