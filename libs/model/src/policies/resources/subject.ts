import { JsonFieldMissing, isJsonObject, member } from '../../json/index.js';
import { PolicyValueInvalid } from '../errors.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';
import { parseAnnouncement } from './subject-announcement.js';
import { parseExpiry } from './subject-expiry.js';

export const subject = {
  parse: (value, { now, expiryGranularity }) => {
    if (!isJsonObject(value)) throw new PolicyValueInvalid('A subject', 'a JSON object');
    const type = member(value, 'type');
    if (type === undefined) throw new JsonFieldMissing('type');
    if (typeof type !== 'string') throw new PolicyValueInvalid('The type of a subject', 'a JSON string');
    const expiry = member(value, 'expiry');
    const announcement = member(value, 'announcement');
    return {
      type,
      ...(expiry === undefined ? {} : { expiry: parseExpiry(expiry, now, expiryGranularity) }),
      ...(announcement === undefined ? {} : { announcement: parseAnnouncement(announcement) }),
    };
  },
  ...refusalsOf('subject'),
  deletable: true,
} satisfies PolicyResourceDefinition;
