import { JsonFieldSelectorInvalid } from './errors.js';
import { parsePointer } from './pointer.js';
import { isJsonObject, member } from './value.js';
import type { JsonObject, JsonValue } from './value.js';

/** A set of fields as a tree; a node without children selects all below it. The key `*` stands for any feature id. */
export interface FieldSelector {
  readonly children: ReadonlyMap<string, FieldSelector>;
}

const MAX_LENGTH = 8_192;
const MAX_NESTING = 32;

/**
 * Reads Ditto's field selectors: `thingId,attributes(model,location/city),features/&ast;/properties`.
 * @throws JsonFieldSelectorInvalid
 */
export function parseFieldSelector(text: string): FieldSelector {
  if (text.length > MAX_LENGTH) throw new JsonFieldSelectorInvalid(`${text.slice(0, 40)}…`, 'it is too long');
  const parser = new SelectorParser(text);
  return parser.parse();
}

/** The selected members of an object; those that are missing are left out. */
export function selectFields(object: JsonObject, selector: FieldSelector): JsonObject {
  if (selector.children.size === 0) return object;
  const entries: [string, JsonValue][] = [];
  const wildcard = selector.children.get('*');
  for (const key of Object.keys(object)) {
    const child = selector.children.get(key) ?? wildcard;
    const value = child && selectValue(member(object, key) ?? null, child);
    if (value !== undefined) entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

function selectValue(value: JsonValue, selector: FieldSelector): JsonValue | undefined {
  if (selector.children.size === 0) return value;
  return isJsonObject(value) ? selectFields(value, selector) : undefined;
}

interface Node {
  readonly children: Map<string, Node>;
  /** Selected itself, with all below. */
  whole: boolean;
}

class SelectorParser {
  #position = 0;

  constructor(private readonly text: string) {}

  parse(): FieldSelector {
    const root: Node = { children: new Map(), whole: false };
    this.#list(root, 0);
    if (this.#position < this.text.length) this.#fail(`unexpected '${this.text[this.#position] ?? ''}'`);
    return pruned(root);
  }

  #list(parent: Node, depth: number): void {
    if (depth > MAX_NESTING) this.#fail('it is nested too deeply');
    do {
      this.#field(parent, depth);
    } while (this.#take(','));
  }

  #field(parent: Node, depth: number): void {
    const start = this.#position;
    while (this.#position < this.text.length && !'(),'.includes(this.text[this.#position] ?? '')) this.#position++;
    const pointer = parsePointer(this.text.slice(start, this.#position).trim());
    if (pointer.length === 0) this.#fail('a field has no name');
    let node = parent;
    for (const segment of pointer) {
      const child: Node = node.children.get(segment) ?? { children: new Map(), whole: false };
      node.children.set(segment, child);
      node = child;
    }
    if (!this.#take('(')) {
      node.whole = true;
      return;
    }
    this.#list(node, depth + 1);
    if (!this.#take(')')) this.#fail("a ')' is missing");
  }

  #take(character: string): boolean {
    if (this.text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #fail(reason: string): never {
    throw new JsonFieldSelectorInvalid(this.text, reason);
  }
}

/** A field that is selected whole has no children left. */
function pruned(node: Node): FieldSelector {
  const children = new Map<string, FieldSelector>();
  if (!node.whole) for (const [key, child] of node.children) children.set(key, pruned(child));
  return { children };
}
