import { JsonFieldMissing, isJsonObject, member } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import { formatInstant, parseInstant } from '../../time/index.js';
import { PolicyValueInvalid, SubjectAnnouncementInvalid, SubjectExpiryInvalid } from '../errors.js';
import type { PolicyContext, PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';

const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)$/;

export const subject = {
  parse: (value, context) => {
    if (!isJsonObject(value)) throw new PolicyValueInvalid('A subject', 'a JSON object');
    const type = member(value, 'type');
    if (type === undefined) throw new JsonFieldMissing('type');
    if (typeof type !== 'string') throw new PolicyValueInvalid('The type of a subject', 'a JSON string');
    if (member(value, 'announcement') !== undefined) throw new SubjectAnnouncementInvalid();
    const expiry = member(value, 'expiry');
    return expiry === undefined ? { type } : { type, expiry: parseExpiry(expiry, context) };
  },
  ...refusalsOf('subject'),
  deletable: true,
} satisfies PolicyResourceDefinition;

/** Rounded up as Ditto does, so that subjects expire together. */
function parseExpiry(value: JsonValue, { now, expiryGranularity }: PolicyContext): string {
  if (typeof value !== 'string') throw new PolicyValueInvalid('The expiry of a subject', 'a JSON string');
  const instant = ISO_WITH_OFFSET.test(value) ? parseInstant(value) : undefined;
  if (instant === undefined) throw new SubjectExpiryInvalid(value, 'unreadable');
  const rounded = Math.ceil(instant / expiryGranularity) * expiryGranularity;
  if (rounded <= now) throw new SubjectExpiryInvalid(value, 'past');
  return formatInstant(rounded);
}
