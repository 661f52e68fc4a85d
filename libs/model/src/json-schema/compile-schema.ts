import { isJsonArray, isJsonObject, jsonSize, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { ARRAY_WORDS, UNEVALUATED_ITEMS } from './array-words.js';
import { COMBINING_WORDS } from './combining-words.js';
import { JsonSchemaInvalid } from './errors.js';
import { BudgetSpent, Run, fault } from './evaluation.js';
import type { Place, SchemaFault, SchemaNode } from './evaluation.js';
import { OBJECT_WORDS, UNEVALUATED_PROPERTIES } from './object-words.js';
import type { ReadWord, Scope, Word } from './scope.js';
import { VALUE_WORDS } from './value-words.js';

/** A schema that values are held to. */
export interface JsonSchema {
  /** Where the value breaks it: none when it holds; 100 at most. Bounded in time whatever the schema is. */
  faults(value: JsonValue): readonly SchemaFault[];
}

const DIALECT = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const MAX_BYTES = 65_536;
const MAX_SCHEMAS = 5_000;
/** Of schemas inside each other and of references along each other. */
const MAX_DEPTH = 200;

const WORDS: ReadonlyMap<string, ReadWord> = new Map([
  ...Object.entries(VALUE_WORDS),
  ...Object.entries(OBJECT_WORDS),
  ...Object.entries(ARRAY_WORDS),
  ...Object.entries(COMBINING_WORDS),
  // These look at what all the others have seen.
  ['unevaluatedProperties', UNEVALUATED_PROPERTIES],
  ['unevaluatedItems', UNEVALUATED_ITEMS],
]);

/**
 * Reads a JSON Schema of draft 2020-12 that holds all it refers to. Words that it does not know are ignored, `format` and
 * `unit` among them, as the standard says. Patterns are matched without backtracking.
 * @throws JsonSchemaInvalid for remote references, references that lead nowhere or in a circle, and schemas that are too large
 */
export function compileSchema(document: JsonValue): JsonSchema {
  if (jsonSize(document) > MAX_BYTES) throw new JsonSchemaInvalid('/', `it has more than ${MAX_BYTES} bytes`);
  const reader = new SchemaReader(document);
  const root = reader.node(document, '');
  refuseCircles(reader.nodes);
  return {
    faults: (value) => {
      const faults: SchemaFault[] = [];
      const place: Place = { parent: undefined, key: '', faults };
      try {
        new Run().evaluate(root, value, place);
      } catch (error) {
        if (!(error instanceof BudgetSpent)) throw error;
        fault(place, 'budget', 'takes too many steps to be looked at by this schema');
      }
      return faults;
    },
  };
}

class SchemaReader implements Scope {
  readonly nodes = new Set<SchemaNode>();
  readonly #byObject = new Map<JsonObject, SchemaNode>();
  readonly #anchors = new Map<string, JsonObject>();
  readonly #id: string;
  #depth = 0;

  constructor(private readonly document: JsonValue) {
    const id = isJsonObject(document) ? member(document, '$id') : undefined;
    this.#id = typeof id === 'string' ? id.replace(/#$/, '') : '';
    this.#collectAnchors(document, 0);
  }

  node(schema: JsonValue, where: string): SchemaNode {
    if (typeof schema === 'boolean') return schema ? ANYTHING : NOTHING;
    if (!isJsonObject(schema)) throw new JsonSchemaInvalid(where || '/', 'a schema is an object, true or false');
    const known = this.#byObject.get(schema);
    if (known !== undefined) return known;
    if (this.nodes.size >= MAX_SCHEMAS) throw new JsonSchemaInvalid(where, `it has more than ${MAX_SCHEMAS} schemas`);
    if (this.#depth >= MAX_DEPTH) throw new JsonSchemaInvalid(where, `it is nested deeper than ${MAX_DEPTH} schemas`);
    const node: SchemaNode = { keywords: [], inPlace: [] };
    this.nodes.add(node);
    this.#byObject.set(schema, node);
    this.#depth += 1;
    this.#readInto(node, schema, where);
    this.#depth -= 1;
    return node;
  }

  referred(reference: JsonValue, where: string): SchemaNode {
    const found = typeof reference === 'string' ? this.#find(reference, where) : undefined;
    if (found === undefined) throw new JsonSchemaInvalid(where, 'the reference leads nowhere in this schema');
    return this.node(found, where);
  }

  #readInto(node: SchemaNode, schema: JsonObject, where: string): void {
    this.#checkHead(schema, where);
    for (const [name, read] of WORDS) {
      const argument = member(schema, name);
      if (argument === undefined) continue;
      const word: Word = {
        ...{ name, argument, schema, scope: this },
        where: `${where}/${name}`,
        inPlace: (other, suffix) => {
          const target = this.node(other, suffix === undefined ? `${where}/${name}` : `${where}/${name}/${suffix}`);
          node.inPlace.push(target);
          return target;
        },
      };
      const keyword = read(word);
      if (keyword !== undefined) node.keywords.push(keyword);
      if (name === '$ref' || name === '$dynamicRef') node.inPlace.push(this.referred(argument, word.where));
    }
  }

  #checkHead(schema: JsonObject, where: string): void {
    const dialect = member(schema, '$schema');
    if (dialect !== undefined && !(typeof dialect === 'string' && DIALECT.test(dialect)))
      throw new JsonSchemaInvalid(`${where}/$schema`, 'only draft 2020-12 is known');
    if (schema !== this.document && member(schema, '$id') !== undefined)
      throw new JsonSchemaInvalid(`${where}/$id`, 'only the whole document may have an $id');
  }

  #find(reference: string, where: string): JsonValue | undefined {
    const text =
      reference.startsWith(`${this.#id}#`) || reference === this.#id ? reference.slice(this.#id.length) : reference;
    if (text !== '' && !text.startsWith('#')) {
      throw new JsonSchemaInvalid(where, `'${reference.slice(0, 100)}' is not in this schema, and nothing is fetched`);
    }
    const fragment = decoded(text.slice(1));
    if (fragment === undefined) return undefined;
    if (fragment === '') return this.document;
    if (!fragment.startsWith('/')) return this.#anchors.get(fragment);
    return fragment
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<JsonValue | undefined>(step, this.document);
  }

  #collectAnchors(value: JsonValue, depth: number): void {
    if (depth > MAX_DEPTH || (!isJsonObject(value) && !isJsonArray(value))) return;
    if (isJsonObject(value)) {
      for (const name of ['$anchor', '$dynamicAnchor']) {
        const anchor = member(value, name);
        if (typeof anchor === 'string') this.#anchors.set(anchor, value);
      }
    }
    for (const child of Object.values(value)) this.#collectAnchors(child, depth + 1);
  }
}

const ANYTHING: SchemaNode = { keywords: [], inPlace: [] };
const NOTHING: SchemaNode = {
  keywords: [(_value, place) => fault(place, 'false', 'is not allowed here')],
  inPlace: [],
};

function step(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (isJsonArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isJsonObject(value) ? member(value, key) : undefined;
}

function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

/** A schema that asks itself about the same value would never end. */
function refuseCircles(nodes: ReadonlySet<SchemaNode>): void {
  const finished = new Set<SchemaNode>();
  const open = new Set<SchemaNode>();
  const visit = (node: SchemaNode): void => {
    if (finished.has(node)) return;
    if (open.has(node)) throw new JsonSchemaInvalid('/', 'references lead in a circle');
    open.add(node);
    for (const next of node.inPlace) visit(next);
    open.delete(node);
    finished.add(node);
  };
  for (const node of nodes) visit(node);
}
