import { parseFieldSelector } from '../json/index.js';
import { parseFilter } from '../rql/index.js';
import type { ConfigReader } from './config-reader.js';
import type { SignalTopic, TargetSignals } from './connection.js';

/** Ditto's topics of targets. */
const TOPICS: ReadonlyMap<string, TargetSignals> = new Map([
  ['_/_/things/twin/events', 'twin-events'],
  ['_/_/things/live/messages', 'live-messages'],
  ['_/_/things/live/commands', 'live-commands'],
  ['_/_/things/live/events', 'live-events'],
  ['_/_/policies/announcements', 'policy-announcements'],
  ['_/_/connections/announcements', 'connection-announcements'],
]);

/** `_/_/things/twin/events?namespaces=…&filter=…&extraFields=…` and the like; undefined when it is faulty. */
export function readSignalTopic(reader: ConfigReader, text: string, index: number): SignalTopic | undefined {
  const place = ['topics', String(index)];
  const question = text.indexOf('?');
  const name = question < 0 ? text : text.slice(0, question);
  const signals = TOPICS.get(name);
  if (signals === undefined) {
    reader.fault(
      place,
      `must be one of ${[...TOPICS.keys()].join(', ')}, with ?namespaces, filter and extraFields if need be`,
      'topic',
    );
    return undefined;
  }
  const parameters = readParameters(reader, place, question < 0 ? '' : text.slice(question + 1));
  const filter = parameters.get('filter');
  if (filter !== undefined) reader.parsed(place, filter, parseFilter);
  const extraFields = parameters.get('extraFields');
  return {
    signals,
    namespaces: parameters.get('namespaces')?.split(','),
    filter,
    extraFields: extraFields === undefined ? undefined : reader.parsed(place, extraFields, parseFieldSelector),
  };
}

function readParameters(reader: ConfigReader, place: readonly string[], query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query === '' ? [] : query.split('&')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (!['namespaces', 'filter', 'extraFields'].includes(name) || equals < 0) {
      reader.fault(
        place,
        `has the parameter '${name}'; there are namespaces, filter and extraFields, each with a value`,
      );
    } else if (parameters.has(name)) {
      reader.fault(place, `has the parameter '${name}' twice`);
    } else {
      parameters.set(name, decode(part.slice(equals + 1)));
    }
  }
  return parameters;
}

/** Percent-encoding is optional: a text that is none is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
