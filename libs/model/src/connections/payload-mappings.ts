import { DEFAULT_MAPPING, MAX_MAPPERS, mappingByAlias, readMappingDefinition } from '../mapping/index.js';
import type { PayloadMapping } from '../mapping/index.js';
import type { ConfigReader } from './config-reader.js';

/** By the ids that sources and targets use. */
export type MappingDefinitions = ReadonlyMap<string, PayloadMapping>;

export function readMappingDefinitions(reader: ConfigReader): MappingDefinitions {
  const names = reader.entries('mappingDefinitions').map(([name]) => name);
  const definitions = new Map<string, PayloadMapping>();
  reader.object('mappingDefinitions', (all) => {
    for (const name of names) {
      const definition = all.object(name, (one) => readMappingDefinition(one, name));
      if (definition !== undefined) definitions.set(name, definition);
    }
  });
  return definitions;
}

/** The mappers of a source or target, all of which map each message; `Ditto` where nothing is said. */
export function readPayloadMapping(reader: ConfigReader, definitions: MappingDefinitions): readonly PayloadMapping[] {
  const names = reader.texts('payloadMapping');
  if (names.length === 0) return DEFAULT_MAPPING;
  if (names.length > MAX_MAPPERS)
    reader.fault('payloadMapping', `names ${names.length} mappers; ${MAX_MAPPERS} may be`);
  return names.flatMap((name, index) => {
    const mapping = definitions.get(name) ?? mappingByAlias(name);
    if (mapping !== undefined) return [mapping];
    const place = ['payloadMapping', String(index)];
    reader.fault(place, `is '${name}', which /mappingDefinitions does not define and which is no mapper by itself`);
    return [];
  });
}
