import { DefinitionInvalid, ValueTypeInvalid, partNotFound, partNotModifiable } from '../errors.js';
import type { ThingResourceDefinition } from './thing-resource.js';

const IDENTIFIER = /^[\w.-]+:[\w.-]+:[\w.-]+$/;
const HTTP_URL = /^https?:\/\/[^\s]+$/i;

/** @throws DefinitionInvalid unless it is `namespace:name:version` or an http(s) URL */
export function checkDefinitionIdentifier(text: string): void {
  if (!IDENTIFIER.test(text) && !HTTP_URL.test(text)) throw new DefinitionInvalid(text);
}

export const definition = {
  parse: (value) => {
    if (value === null) return null;
    if (typeof value !== 'string') throw new ValueTypeInvalid('A definition', 'a JSON string or null');
    checkDefinitionIdentifier(value);
    return value;
  },
  notFound: partNotFound('definition'),
  notModifiable: partNotModifiable('definition'),
  deletable: true,
  needsFeature: false,
} satisfies ThingResourceDefinition;
