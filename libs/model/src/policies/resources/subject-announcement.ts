import { isJsonArray, isJsonObject, member } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import { AcknowledgementLabelInvalid, PolicyValueInvalid, SubjectAnnouncementInvalid } from '../errors.js';

const DURATION = /^(\d{1,12})(ms|s|m|h|d|w|mo|y|)$/;
/** What `beforeExpiry` may be told in, in milliseconds. */
const BEFORE_EXPIRY: Readonly<Record<string, number>> = { ms: 1, s: 1_000, '': 1_000, m: 60_000, h: 3_600_000 };
/** `beforeExpiry` is rounded up to whole ones of it; Ditto's `subject-deletion-announcement-granularity`. */
const GRANULARITY_MS = 60_000;
/** The placeholder in front is that of a connection's id. */
const ACK_LABEL = /^(?:\{\{[^{}]*\}\}:)?[a-zA-Z0-9\-_:]{3,165}$/;

/**
 * When and how the deletion of a subject is announced: stored in Ditto's form, unknown members dropped.
 * @throws SubjectAnnouncementInvalid, AcknowledgementLabelInvalid, PolicyValueInvalid
 */
export function parseAnnouncement(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw new PolicyValueInvalid('The announcement of a subject', 'a JSON object');
  const beforeExpiry = member(value, 'beforeExpiry');
  const whenDeleted = member(value, 'whenDeleted') ?? false;
  if (typeof whenDeleted !== 'boolean') throw new PolicyValueInvalid('whenDeleted', 'a JSON boolean');
  const acks = parseRequestedAcks(member(value, 'requestedAcks') ?? {});
  const interval = member(value, 'randomizationInterval');
  return {
    ...(beforeExpiry === undefined ? {} : { beforeExpiry: parseBeforeExpiry(beforeExpiry) }),
    whenDeleted,
    ...(Object.keys(acks).length === 0 ? {} : { requestedAcks: acks }),
    ...(interval === undefined ? {} : { randomizationInterval: parseAnnouncedDuration(interval)[0] }),
  };
}

function parseRequestedAcks(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw new PolicyValueInvalid('requestedAcks', 'a JSON object');
  const labels = member(value, 'labels') ?? [];
  const timeout = member(value, 'timeout');
  if (!isJsonArray(labels)) throw new PolicyValueInvalid('The labels of requestedAcks', 'a JSON array');
  // As in Ditto, what is no text is no label.
  const texts = labels.filter((label) => typeof label === 'string');
  const wrong = texts.find((label) => !ACK_LABEL.test(label));
  if (wrong !== undefined) throw new AcknowledgementLabelInvalid(wrong);
  return {
    ...(texts.length === 0 ? {} : { labels: texts }),
    ...(timeout === undefined ? {} : { timeout: parseAnnouncedDuration(timeout)[0] }),
  };
}

/** Rounded up, in the unit that it came in. */
function parseBeforeExpiry(value: JsonValue): string {
  const [text, count, unit] = parseAnnouncedDuration(value);
  const ms = Object.hasOwn(BEFORE_EXPIRY, unit) ? BEFORE_EXPIRY[unit] : undefined;
  if (ms === undefined || count === 0) throw new SubjectAnnouncementInvalid(text);
  const rounded = Math.ceil((count * ms) / GRANULARITY_MS) * GRANULARITY_MS;
  return `${String(Math.max(1, Math.floor(rounded / ms)))}${unit}`;
}

function parseAnnouncedDuration(value: JsonValue): readonly [text: string, count: number, unit: string] {
  if (typeof value !== 'string') throw new PolicyValueInvalid('A duration', 'a JSON string');
  const [, count, unit] = DURATION.exec(value) ?? [];
  if (count === undefined || unit === undefined) throw new SubjectAnnouncementInvalid(value);
  return [value, Number(count), unit];
}
