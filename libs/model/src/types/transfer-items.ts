import { kindOf } from '../composition/index.js';
import { GemelError, defineError } from '../errors/index.js';
import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { isJsonArray, isJsonObject, member, parseJson } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';

/** What an export holds, and an import takes: things, and versions of types. */
export type TransferItem =
  | { readonly kind: 'type' | 'twin'; readonly thingId: ThingId; readonly thing: JsonObject }
  | { readonly kind: 'version'; readonly thingId: ThingId; readonly content: JsonObject };

export const TransferInvalid = defineError(
  'gemel:composition.import.invalid',
  400,
  (place: string, reason: string) => ({
    message: `The import cannot be read at ${place}: ${reason}. Nothing was changed.`,
    description: 'Send what an export gives: JSON with items, or one item on each line.',
  }),
);

export function transferJson(item: TransferItem): JsonObject {
  return item.kind === 'version' ? { kind: item.kind, version: item.content } : { kind: item.kind, thing: item.thing };
}

/** @throws TransferInvalid */
export function parseTransfer(body: JsonValue, max: number): readonly TransferItem[] {
  const items = isJsonObject(body) ? member(body, 'items') : undefined;
  if (!isJsonArray(items)) throw new TransferInvalid('/', 'it has no items');
  if (items.length > max) throw new TransferInvalid('/items', `it has more than ${max} of them`);
  return items.map((item, index) => parseItem(item, `/items/${index}`));
}

/** Empty lines count and say nothing. @throws TransferInvalid */
export function parseTransferLines(text: string, max: number): readonly TransferItem[] {
  const lines = text.split('\n');
  if (lines.length > max + 1) throw new TransferInvalid(`line ${max + 1}`, `it has more than ${max} lines`);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = `line ${index + 1}`;
    return [
      parseItem(
        parseJson(line, (reason) => new TransferInvalid(place, reason)),
        place,
      ),
    ];
  });
}

function parseItem(item: JsonValue, place: string): TransferItem {
  if (!isJsonObject(item)) throw new TransferInvalid(place, 'it is no object');
  const kind = member(item, 'kind');
  if (kind === 'version') {
    const content = member(item, 'version');
    if (!isJsonObject(content)) throw new TransferInvalid(place, 'it has no version');
    return { kind, thingId: idIn(content, 'typeId', place), content };
  }
  const thing = member(item, 'thing');
  if (kind !== 'type' && kind !== 'twin') throw new TransferInvalid(place, 'its kind is none of type, twin, version');
  if (!isJsonObject(thing)) throw new TransferInvalid(place, 'it has no thing');
  if (kindOf(thing) !== kind) throw new TransferInvalid(place, `its thing is no ${kind}`);
  return { kind, thingId: idIn(thing, 'thingId', place), thing };
}

function idIn(object: JsonObject, key: string, place: string): ThingId {
  const id = member(object, key);
  try {
    return parseThingId(typeof id === 'string' ? id : '');
  } catch (error) {
    if (error instanceof GemelError) throw new TransferInvalid(place, `its ${key} is no thing ID`);
    throw error;
  }
}
