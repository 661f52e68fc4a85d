import type { GemelError } from '../../errors/index.js';
import { nameOf, namespaceOf, parsePolicyId, parseThingId } from '../../ids/index.js';
import { member } from '../../json/index.js';
import type { JsonObject } from '../../json/index.js';
import type { PlaceholderContext } from '../../placeholders/index.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper } from '../payload-mapper.js';
import { parseTemplateObject } from '../template-tree.js';

type Resolve = (context: PlaceholderContext) => JsonObject;

/** Creates a thing for each message whose thing is not there yet; that it is there is no failure. */
export function readImplicitThingCreationMapper(reader: OptionsReader): ConfiguredMapper {
  const thing = readThing(reader);
  const given = reader.tree('commandHeaders') ?? {};
  const headers = readTemplate(reader, 'commandHeaders', { 'If-None-Match': '*', ...given });
  const allowsLockout = reader.boolean('allowPolicyLockout', true);
  return {
    kind: 'mapper',
    mapper: {
      incoming: (_message, context) => {
        const value = thing(context);
        const id = parseThingId(textAt(value, 'thingId'));
        return [
          {
            topic: {
              namespace: namespaceOf(id),
              name: nameOf(id),
              group: 'things',
              channel: 'twin',
              criterion: 'commands',
              action: 'create',
            },
            headers: { ...headers(context), 'allow-policy-lockout': allowsLockout },
            path: [],
            value,
          },
        ];
      },
      isNoFailure: ({ status }: GemelError) => status === 412,
    },
  };
}

function readThing(reader: OptionsReader): Resolve {
  const template = reader.tree('thing');
  if (template === undefined) {
    reader.fault('thing', 'must be the JSON of a thing, with placeholders if need be');
    return () => ({});
  }
  checkId(reader, template, 'thingId', parseThingId);
  if (member(template, 'policyId') !== undefined) checkId(reader, template, 'policyId', parsePolicyId);
  return readTemplate(reader, 'thing', template, 'refuse');
}

function checkId(reader: OptionsReader, thing: JsonObject, name: string, parse: (text: string) => unknown): void {
  const id = member(thing, name);
  if (typeof id !== 'string') reader.fault(['thing', name], 'must be an id, with placeholders if need be');
  else if (!id.includes('{{')) reader.parsed(['thing', name], id, parse);
}

/** A faulty template is a fault, and is never used. */
function readTemplate(
  reader: OptionsReader,
  name: string,
  template: JsonObject,
  unresolved: 'refuse' | 'leave out' = 'leave out',
): Resolve {
  return reader.parsed(name, '', () => parseTemplateObject(template, unresolved)) ?? (() => template);
}

function textAt(object: JsonObject, name: string): string {
  const value = member(object, name);
  return typeof value === 'string' ? value : '';
}
