import { kindOf } from '../composition/index.js';
import { GemelError, defineError } from '../errors/index.js';
import { parsePolicyId, parseThingId } from '../ids/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { isJsonArray, isJsonObject, member, parseJson } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';

/** What an export holds, and an import takes: things, versions of types, and policies where they were asked for. */
export type TransferItem = ThingItem | VersionItem | PolicyItem;

export interface ThingItem {
  readonly kind: 'type' | 'twin';
  readonly thingId: ThingId;
  readonly thing: JsonObject;
}

export interface VersionItem {
  readonly kind: 'version';
  /** Of the type. */
  readonly thingId: ThingId;
  readonly content: JsonObject;
}

export interface PolicyItem {
  readonly kind: 'policy';
  readonly policyId: PolicyId;
  readonly policy: JsonObject;
}

export const TransferInvalid = defineError(
  'gemel:composition.import.invalid',
  400,
  (place: string, reason: string) => ({
    message: `The import cannot be read at ${place}: ${reason}. Nothing was changed.`,
    description: 'Send what an export gives: JSON with items, or one item on each line.',
  }),
);

/** Policies are no part of the one commit that an import is. */
export const PoliciesTakeJob = defineError('gemel:composition.import.policies', 400, () => ({
  message: 'The import brings policies, which a commit of things cannot hold. Nothing was changed.',
  description: 'Send it as a job, with job=true, or leave the policies out.',
}));

export function transferJson(item: TransferItem): JsonObject {
  switch (item.kind) {
    case 'version':
      return { kind: item.kind, version: item.content };
    case 'policy':
      return { kind: item.kind, policy: item.policy };
    default:
      return { kind: item.kind, thing: item.thing };
  }
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
    return [parseTransferLine(line, index + 1)];
  });
}

/** @param number counted from 1 @throws TransferInvalid, JsonInvalid */
export function parseTransferLine(line: string, number: number): TransferItem {
  const place = `line ${number}`;
  return parseItem(
    parseJson(line, (reason) => new TransferInvalid(place, reason)),
    place,
  );
}

function parseItem(item: JsonValue, place: string): TransferItem {
  if (!isJsonObject(item)) throw new TransferInvalid(place, 'it is no object');
  const kind = member(item, 'kind');
  if (kind === 'policy') return policyItem(member(item, 'policy'), place);
  if (kind === 'version') {
    const content = member(item, 'version');
    if (!isJsonObject(content)) throw new TransferInvalid(place, 'it has no version');
    return { kind, thingId: idIn(content, 'typeId', place), content };
  }
  const thing = member(item, 'thing');
  if (kind !== 'type' && kind !== 'twin')
    throw new TransferInvalid(place, 'its kind is none of policy, type, twin, version');
  if (!isJsonObject(thing)) throw new TransferInvalid(place, 'it has no thing');
  if (kindOf(thing) !== kind) throw new TransferInvalid(place, `its thing is no ${kind}`);
  return { kind, thingId: idIn(thing, 'thingId', place), thing };
}

function policyItem(policy: JsonValue | undefined, place: string): PolicyItem {
  if (!isJsonObject(policy)) throw new TransferInvalid(place, 'it has no policy');
  const id = member(policy, 'policyId');
  try {
    return { kind: 'policy', policyId: parsePolicyId(typeof id === 'string' ? id : ''), policy };
  } catch (error) {
    if (error instanceof GemelError) throw new TransferInvalid(place, 'its policyId is no policy ID');
    throw error;
  }
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
