import { parseFieldSelector } from '../../json/index.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper } from '../payload-mapper.js';
import { normalizedEvent } from './normalized-event.js';

/** Events of things as sparse things, for consumers that do not want to know the Ditto Protocol; for outgoing ones only. */
export function readNormalizedMapper(reader: OptionsReader): ConfiguredMapper {
  const text = reader.optionalText('fields');
  const options = {
    fields: text === undefined ? undefined : reader.parsed('fields', text, parseFieldSelector),
    includesDeletedFields: reader.boolean('includeDeletedFields', false),
  };
  return {
    kind: 'mapper',
    mapper: {
      outgoing: (signal) => {
        const event = normalizedEvent(signal, options);
        if (event === undefined) return [];
        return [{ headers: { 'content-type': 'application/json' }, payload: JSON.stringify(event) }];
      },
    },
  };
}
