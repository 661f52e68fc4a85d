import type { ThingId } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import { formatInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import { CredentialLabelInvalid } from './errors.js';
import { percentEncoded } from './percent-encoded.js';
import type { MqttUser } from './mqtt-user.js';

const LABEL = /^[\w.-]{1,32}$/;
/** In thing IDs; whole characters, as one of two code units is encoded as one. */
const UNUSUAL = /[^\w.:@-]/gu;

/** Where the devices of things may publish and what they may receive, as patterns. */
export interface DeviceTopics {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** How the names of MQTT users begin that are credentials of a thing: with its ID, percent-encoded where a name takes no other. */
export function credentialPrefix(thingId: ThingId): string {
  return `${thingId.replaceAll(UNUSUAL, percentEncoded)}@`;
}

/** The name of the MQTT user that a credential is. @throws CredentialLabelInvalid */
export function credentialName(thingId: ThingId, label: string): string {
  if (!LABEL.test(label)) throw new CredentialLabelInvalid();
  return `${credentialPrefix(thingId)}${label}`;
}

/** What makes such a user, but for its password: `mqtt:` and its name is its only subject. */
export function credentialRequest(thingId: ThingId, topics: DeviceTopics, issued: Instant): JsonObject {
  return { thingId, publish: topics.publish, subscribe: topics.subscribe, issued: formatInstant(issued) };
}

/** As owners see it, without its password. */
export function credentialJson({ name, publish, subscribe, subjects, issued }: MqttUser): JsonObject {
  const label = name.slice(name.lastIndexOf('@') + 1);
  const since = issued === undefined ? undefined : { issued: formatInstant(issued) };
  return { label, username: name, subject: subjects[0], publish, subscribe, ...since };
}
