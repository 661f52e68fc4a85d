import { isJsonArray, isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { PlaceholderUnresolved, parseTemplate, resolveTemplate } from '../placeholders/index.js';
import type { PlaceholderContext } from '../placeholders/index.js';

/** JSON whose texts may hold placeholders, as a function of what they stand for. */
export type TemplateTree = (context: PlaceholderContext) => JsonValue;

/** What becomes of a text that does not resolve. */
export type Unresolved = 'refuse' | 'leave out' | 'keep';

/** Meant for the creation of things, which resolves it itself. */
const REFERENCE = /^\{\{\s*ref:/;

/**
 * Placeholders are resolved in the tree, never in its text: a value with a quote in it stays one text. A deleted one
 * takes its member along.
 * @throws GemelError a text has a placeholder or function that there is not
 */
export function parseTemplateTree(value: JsonValue, unresolved: Unresolved): TemplateTree {
  const resolve = parseNode(value, unresolved);
  return (context) => resolve(context) ?? null;
}

/** {@link parseTemplateTree} of an object. */
export function parseTemplateObject(
  value: JsonObject,
  unresolved: Unresolved,
): (context: PlaceholderContext) => JsonObject {
  const resolve = parseTemplateTree(value, unresolved);
  return (context) => {
    const resolved = resolve(context);
    return isJsonObject(resolved) ? resolved : {};
  };
}

type Node = (context: PlaceholderContext) => JsonValue | undefined;

function parseNode(value: JsonValue, unresolved: Unresolved): Node {
  if (typeof value === 'string') return parseText(value, unresolved);
  if (isJsonArray(value)) {
    const elements = value.map((element) => parseNode(element, unresolved));
    return (context) => elements.flatMap((element) => present(element(context)));
  }
  if (!isJsonObject(value)) return () => value;
  const members = Object.entries(value).map(
    ([key, child]) => [parseText(key, unresolved), parseNode(child, unresolved)] as const,
  );
  return (context) =>
    Object.fromEntries(
      members.flatMap(([key, child]): [string, JsonValue][] => {
        const [name, content] = [key(context), child(context)];
        return typeof name === 'string' && content !== undefined ? [[name, content]] : [];
      }),
    );
}

function parseText(text: string, unresolved: Unresolved): Node {
  if (!text.includes('{{') || REFERENCE.test(text)) return () => text;
  const template = parseTemplate(text);
  return (context) => {
    const resolution = resolveTemplate(template, context);
    if (resolution.kind === 'resolved') return resolution.values[0];
    if (resolution.kind === 'deleted' || unresolved === 'leave out') return undefined;
    if (unresolved === 'keep') return text;
    throw new PlaceholderUnresolved(text);
  };
}

function present(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined ? [] : [value];
}
