import type { JsonValue } from '../json/index.js';
import { PlaceholderUnresolved, groupByPrefix, parseTemplate } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';

/**
 * A text, number or boolean; a text may hold placeholders of the groups.
 * @throws Error saying what is wrong
 */
export function parseTag(value: JsonValue, groups: readonly string[]): Template {
  if (typeof value === 'number' || typeof value === 'boolean') return parseTemplate(String(value));
  if (typeof value !== 'string') throw new Error('it must be a text, a number or a boolean');
  try {
    return parseTemplate(value, groupByPrefix(groups));
  } catch (error) {
    if (!(error instanceof PlaceholderUnresolved)) throw error;
    throw new Error(`${error.message} ${hintOf(value, groups)}`, { cause: error });
  }
}

function hintOf(value: string, groups: readonly string[]): string {
  // Ditto took these out again in 3.7.3.
  if (value.includes('inline:')) return "Write the value itself instead of 'inline:', and one metric for each filter.";
  if (groups.length === 0) return "Only 'group-by:' may stand in a tag, with a name from 'groupBy', which is empty.";
  return `Only ${groups.map((name) => `'group-by:${name}'`).join(', ')} may stand in a tag.`;
}
