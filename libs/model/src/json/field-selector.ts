import { JsonFieldSelectorInvalid } from './errors.js';
import { parsePointer } from './pointer.js';
import { addMember, isJsonObject, member } from './value.js';
import type { JsonObject, JsonValue } from './value.js';

/** A set of fields as a tree; a node without children selects all below it. The key `*` stands for any feature id. */
export interface FieldSelector {
  readonly children: ReadonlyMap<string, FieldSelector>;
}

const MAX_LENGTH = 8_192;
const MAX_NESTING = 32;

/**
 * Reads Ditto's field selectors, for example `thingId,attributes(model,location/city)`.
 * @throws JsonFieldSelectorInvalid, JsonPointerInvalid
 */
export function parseFieldSelector(text: string): FieldSelector {
  if (text.length > MAX_LENGTH) throw new JsonFieldSelectorInvalid(`${text.slice(0, 40)}…`, 'it is too long');
  const parser = new SelectorParser(text);
  return parser.parse();
}

/** The selected members of an object; those that are missing are left out, and so are the objects that should hold them. */
export function selectFields(object: JsonObject, selector: FieldSelector): JsonObject {
  return isWhole(selector) ? object : (selectedMembers(object, [selector]) ?? {});
}

/** Several selectors meet below a `*`: what any of them selects is selected. Undefined when nothing is. */
function selectedMembers(object: JsonObject, selectors: readonly FieldSelector[]): JsonObject | undefined {
  let selected: Record<string, JsonValue> | undefined;
  for (const key of Object.keys(object)) {
    const below = selectorsAt(selectors, key);
    const value = below.length === 0 ? undefined : selectedValue(member(object, key), below);
    if (value !== undefined) addMember((selected ??= {}), key, value);
  }
  return selected;
}

function selectedValue(value: JsonValue | undefined, selectors: readonly FieldSelector[]): JsonValue | undefined {
  if (selectors.some(isWhole)) return value;
  return isJsonObject(value) ? selectedMembers(value, selectors) : undefined;
}

function selectorsAt(selectors: readonly FieldSelector[], key: string): readonly FieldSelector[] {
  const found: FieldSelector[] = [];
  for (const { children } of selectors) {
    const own = children.get(key);
    const wildcard = children.get('*');
    if (own !== undefined) found.push(own);
    if (wildcard !== undefined) found.push(wildcard);
  }
  return found;
}

function isWhole(selector: FieldSelector): boolean {
  return selector.children.size === 0;
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
