import type { JsonSchema } from '../json-schema/index.js';
import { parseCondition } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';
import { dittoMapper, readDittoMapper } from './ditto/index.js';
import { readIncomingSchema } from './incoming-schema.js';
import { mappers } from './mappers.js';
import type { OptionsReader } from './options-reader.js';
import type { ConfiguredMapper } from './payload-mapper.js';

/** A mapper, and when it is used. */
export interface PayloadMapping {
  /** For errors and logs: the id of the definition, or the alias of the mapper. */
  readonly name: string;
  readonly mapper: ConfiguredMapper;
  /** What payloads must be like before they are mapped. */
  readonly incomingSchema?: JsonSchema | undefined;
  /** All must hold. */
  readonly incomingConditions: readonly Template[];
  readonly outgoingConditions: readonly Template[];
}

/** What is used where nothing is said. */
export const DEFAULT_MAPPING: readonly PayloadMapping[] = [
  {
    name: 'Ditto',
    mapper: { kind: 'mapper', mapper: dittoMapper },
    incomingConditions: [],
    outgoingConditions: [],
  },
];

/** Most mappers of one source or target (Ditto: 10). */
export const MAX_MAPPERS = 10;
/** Most messages that one message may become, all mappers together (Ditto: 10). */
export const MAX_MAPPED_MESSAGES = 10;

interface DefinitionReader extends OptionsReader {
  object<Item>(name: string, read: (reader: OptionsReader) => Item): Item | undefined;
}

const KNOWN = [...mappers.keys()].join(', ');

/** A member of a connection's `mappingDefinitions`. */
export function readMappingDefinition(reader: DefinitionReader, name: string): PayloadMapping {
  const engine = reader.text('mappingEngine', `one of ${KNOWN}`);
  const type = mappers.get(engine);
  if (type === undefined && engine !== '') reader.fault('mappingEngine', `must be one of ${KNOWN}`);
  const mapper = type === undefined ? undefined : reader.object('options', type.read);
  if (mapper === undefined && type?.needsOptions === true) reader.fault('options', 'must be an object');
  reader.has('options');
  return {
    name,
    mapper: mapper ?? (type?.read ?? readDittoMapper)(NO_OPTIONS),
    incomingSchema: readIncomingSchema(reader),
    incomingConditions: readConditions(reader, 'incomingConditions'),
    outgoingConditions: readConditions(reader, 'outgoingConditions'),
  };
}

/** By its alias; undefined when there is none that does without options. */
export function mappingByAlias(alias: string): PayloadMapping | undefined {
  const type = mappers.get(alias);
  if (type === undefined || type.needsOptions) return undefined;
  return { name: alias, mapper: type.read(NO_OPTIONS), incomingConditions: [], outgoingConditions: [] };
}

function readConditions(reader: OptionsReader, name: string): readonly Template[] {
  return reader.entries(name).flatMap(([key, text]) => {
    if (typeof text !== 'string') reader.fault([name, key], "must be a text such as 'fn:filter(header:x,'eq','y')'");
    const condition = typeof text === 'string' ? reader.parsed([name, key], text, parseCondition) : undefined;
    return condition === undefined ? [] : [condition];
  });
}

/** Every option has its default; those that must be there have been found missing already. */
const NO_OPTIONS: OptionsReader = {
  has: () => false,
  fault: () => undefined,
  optionalText: () => undefined,
  text: () => '',
  boolean: (_name, otherwise) => otherwise,
  entries: () => [],
  tree: () => undefined,
  parsed: (_name, text, parse) => parse(text),
};
