import { readDittoMapper } from './ditto/index.js';
import { readScriptMapper } from './java-script/index.js';
import type { OptionsReader } from './options-reader.js';
import type { ConfiguredMapper } from './payload-mapper.js';

interface MapperType {
  /** Whether its name alone will do in a `payloadMapping`. */
  readonly needsOptions: boolean;
  readonly read: (reader: OptionsReader) => ConfiguredMapper;
}

/** By the alias that Ditto has for them; a new one is a line here. */
export const mappers: ReadonlyMap<string, MapperType> = new Map([
  ['Ditto', { needsOptions: false, read: readDittoMapper }],
  ['JavaScript', { needsOptions: true, read: readScriptMapper }],
]);
