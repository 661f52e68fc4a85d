import { isJsonObject, parseJson, parsePointer, valueAt } from '../../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../../json/index.js';
import { parseTemplate } from '../../placeholders/index.js';
import type { PlaceholderContext, Template } from '../../placeholders/index.js';
import type { Envelope } from '../../protocol/index.js';
import { MessageMappingFailed } from '../errors.js';
import { mergeCommand } from '../merge-command.js';
import { filterTest, mqttFilterFault } from '../../topics/index.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper, IncomingMessage } from '../payload-mapper.js';
import { parseThingIdTemplate, resolvedText, resolvedThingId } from '../resolved-text.js';
import { decodeUtf8 } from '../utf8.js';

const NAME = 'TopicRules';
const MAX_RULES = 1_000;
const MEMBERS = ['thingId', 'feature', 'property', 'pointer', 'type'];
const TYPES = ['number', 'integer', 'boolean', 'string', 'object', 'array'] as const;

/** What becomes of the messages of one topic filter. */
interface Rule {
  readonly takes: (topic: string) => boolean;
  /** Undefined: they are left out on purpose. */
  readonly quantity: Quantity | undefined;
}

interface Quantity {
  readonly thingId: Template;
  readonly feature: Template;
  readonly property: Template;
  /** Where in the payload the value is. */
  readonly pointer: JsonPointer;
  /** Undefined: any. */
  readonly type: (typeof TYPES)[number] | undefined;
}

/**
 * Merges the payload, or what a pointer finds in it, into the property of a feature, as the first rule says whose topic
 * filter matches. A payload that is no JSON is a text. What no rule takes maps to nothing; so does what a rule leaves out.
 */
export function readTopicRulesMapper(reader: OptionsReader): ConfiguredMapper {
  const thingId = reader.parsed(
    'thingId',
    reader.text('thingId', 'the id of a thing, with placeholders if need be'),
    parseThingIdTemplate,
  );
  const given = reader.entries('rules');
  if (given.length === 0 || given.length > MAX_RULES) reader.fault('rules', `must hold 1 to ${MAX_RULES} rules`);
  const rules = given.flatMap(([filter, json]) => readRule(reader, { filter, json, thingId }) ?? []);
  return {
    kind: 'mapper',
    mapper: {
      incoming: (message, context) => {
        const topic = context.sourceAddress;
        const rule = topic === undefined ? undefined : rules.find(({ takes }) => takes(topic));
        return rule?.quantity === undefined ? [] : [commandOf(message, context, rule.quantity)];
      },
      knows: ({ sourceAddress: topic }) => topic !== undefined && rules.some(({ takes }) => takes(topic)),
    },
  };
}

interface GivenRule {
  readonly filter: string;
  readonly json: JsonValue;
  /** Of all rules that do not say. */
  readonly thingId: Template | undefined;
}

/** `false`: left out; a text: the feature; an object: all of it. */
function readRule(reader: OptionsReader, { filter, json, thingId }: GivenRule): Rule | undefined {
  const place = ['rules', filter];
  const fault = mqttFilterFault(filter);
  if (fault !== undefined) reader.fault(place, fault);
  const takes = filterTest(filter);
  if (json === false) return { takes, quantity: undefined };
  const rule: JsonObject | undefined =
    typeof json === 'string' ? { feature: json } : isJsonObject(json) ? json : undefined;
  if (rule === undefined) {
    reader.fault(place, 'must be the name of a feature, an object, or false');
    return undefined;
  }
  const unknown = Object.keys(rule).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) reader.fault([...place, unknown], `is not known; rules have ${MEMBERS.join(', ')}`);
  const texts = new RuleTexts(reader, place, rule);
  const quantity = {
    thingId: texts.parsed('thingId', undefined, parseThingIdTemplate) ?? thingId,
    feature: texts.parsed('feature', undefined, parseTemplate),
    property: texts.parsed('property', 'value', parseTemplate),
    pointer: texts.parsed('pointer', '', parsePointer),
    type: readType(reader, place, rule),
  };
  if (rule['feature'] === undefined) reader.fault([...place, 'feature'], 'must be the name of a feature');
  const { thingId: id, feature, property, pointer } = quantity;
  if (id === undefined || feature === undefined || property === undefined || pointer === undefined) return undefined;
  return { takes, quantity: { ...quantity, thingId: id, feature, property, pointer } };
}

/** The members of a rule that are texts. */
class RuleTexts {
  constructor(
    private readonly reader: OptionsReader,
    private readonly place: JsonPointer,
    private readonly rule: JsonObject,
  ) {}

  parsed<Value>(name: string, otherwise: string | undefined, parse: (text: string) => Value): Value | undefined {
    const value = this.rule[name] ?? otherwise;
    if (value === undefined) return undefined;
    if (typeof value === 'string') return this.reader.parsed([...this.place, name], value, parse);
    this.reader.fault([...this.place, name], 'must be a text');
    return undefined;
  }
}

function readType(reader: OptionsReader, place: JsonPointer, rule: JsonObject): Quantity['type'] {
  const value = rule['type'];
  const type = TYPES.find((known) => known === value);
  if (value !== undefined && type === undefined) reader.fault([...place, 'type'], `must be one of ${TYPES.join(', ')}`);
  return type;
}

function commandOf(message: IncomingMessage, context: PlaceholderContext, quantity: Quantity): Envelope {
  const { pointer, type } = quantity;
  const payload = payloadOf(message);
  const value = pointer.length === 0 ? payload : isJsonObject(payload) ? valueAt(payload, pointer) : undefined;
  if (value === undefined) throw new MessageMappingFailed(NAME, `the payload has nothing at /${pointer.join('/')}`);
  if (type !== undefined && !isOfType(value, type)) throw new MessageMappingFailed(NAME, `the value is no ${type}`);
  const [feature, property] = [quantity.feature, quantity.property].map((each) => resolvedText(NAME, each, context));
  const path = ['features', feature ?? '', 'properties', property ?? ''];
  return mergeCommand(resolvedThingId(NAME, quantity.thingId, context), path, value);
}

function payloadOf({ payload }: IncomingMessage): JsonValue {
  const text = decodeUtf8(payload);
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function isOfType(value: JsonValue, type: NonNullable<Quantity['type']>): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    default:
      return typeof value === type;
  }
}
