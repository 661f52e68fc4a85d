import { isJsonArray, isJsonObject, parseJson, parsePointer, valueAt } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import { ExpressionTooComplex } from '../errors.js';
import { UNRESOLVED, resolved, valuesOf } from '../resolution.js';
import type { PipelineFunction } from './pipeline-function.js';

/** Most texts that one object may lead to. */
const MAX_TEXTS = 100;

/** text: as it is; field: what is at a path of the object; section: all in it, for each element of an array. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly path: string }
  | { readonly kind: 'section'; readonly path: string; readonly parts: readonly Part[] };

/**
 * Each input, an object as JSON text, in the form of a template: `{field}`, `{/pointer}`, `{#list}…{/list}` for each of a
 * list, `{.}` the element itself, `\{` and `\}` literally. Several values of one object make several texts; what is
 * missing or null is empty; an input that is no object leads to nothing.
 */
export const format: PipelineFunction = {
  signature: "fn:format('{field}…{#list}{.}{/list}')",
  arity: [1, 1],
  apply(input, [template = UNRESOLVED]) {
    const [text] = valuesOf(template);
    if (text === undefined) return UNRESOLVED;
    const parts = parseParts(text);
    return resolved(valuesOf(input).flatMap((value) => (parts === undefined ? [] : formatted(value, parts))));
  },
};

function formatted(text: string, parts: readonly Part[]): readonly string[] {
  const value = objectIn(text);
  return value === undefined ? [] : textsOf(parts, value);
}

function objectIn(text: string): JsonValue | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when a section has no end, or ends what was not begun. */
function parseParts(template: string): readonly Part[] | undefined {
  const open: { path: string; parts: Part[] }[] = [{ path: '', parts: [] }];
  for (const token of template.match(/\\[{}]|\{[^{}\\]*\}|[^{}\\]+|[{}\\]/gs) ?? []) {
    const current = open.at(-1);
    if (current === undefined) return undefined;
    const inner = token.length > 1 && token.startsWith('{') ? token.slice(1, -1).trim() : undefined;
    if (inner === undefined || inner === '') {
      current.parts.push({ kind: 'text', text: /^\\[{}]$/.test(token) ? token.slice(1) : token });
    } else if (inner.startsWith('#')) {
      open.push({ path: inner.slice(1), parts: [] });
    } else if (inner === `/${current.path}` && open.length > 1) {
      open.pop();
      open.at(-1)?.parts.push({ kind: 'section', path: current.path, parts: current.parts });
    } else {
      current.parts.push({ kind: 'field', path: inner });
    }
  }
  return open.length === 1 ? open[0]?.parts : undefined;
}

/** One for each combination of the values of its parts. */
function textsOf(parts: readonly Part[], value: JsonValue): readonly string[] {
  let texts: readonly string[] = [''];
  for (const part of parts) {
    const endings = endingsOf(part, value);
    if (texts.length * endings.length > MAX_TEXTS)
      throw new ExpressionTooComplex(`it stands for more than ${MAX_TEXTS} texts`);
    texts = texts.flatMap((text) => endings.map((ending) => text + ending));
  }
  return texts;
}

function endingsOf(part: Part, value: JsonValue): readonly string[] {
  switch (part.kind) {
    case 'text':
      return [part.text];
    case 'field':
      return fieldTexts(at(value, part.path));
    case 'section': {
      const list = at(value, part.path);
      const elements = isJsonArray(list) ? list : list === undefined || list === null ? [] : [list];
      return elements.flatMap((element) => textsOf(part.parts, element));
    }
  }
}

function fieldTexts(value: JsonValue | undefined): readonly string[] {
  if (!isJsonArray(value)) return [scalarText(value)];
  return value.length === 0 ? [''] : value.map(scalarText);
}

function scalarText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function at(value: JsonValue, path: string): JsonValue | undefined {
  if (path === '.') return value;
  try {
    return valueAt(value, path.startsWith('/') ? parsePointer(path) : [path]);
  } catch {
    return undefined;
  }
}
