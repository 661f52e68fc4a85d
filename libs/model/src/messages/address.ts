import type { JsonPointer } from '../json/index.js';
import { MessageSubjectInvalid } from './errors.js';

/** Whom a message is for, below a thing. */
export interface MessageAddress {
  /** TO: into the inbox, towards the device; FROM: out of the outbox. */
  readonly direction: 'TO' | 'FROM';
  /** Undefined: the thing as a whole. */
  readonly featureId?: string | undefined;
  /** May hold slashes. */
  readonly subject: string;
}

/** Nobody needs a permission to send a message with this subject to a thing (Ditto, "Messages": claim messages). */
export const CLAIM = 'claim';

/** Path of the message in the Ditto Protocol, and of its resource in a policy. */
export function messagePath({ direction, featureId, subject }: MessageAddress): JsonPointer {
  return [...mailboxPath(direction, featureId), ...subject.split('/')];
}

/** What all messages of one direction begin with. */
export function mailboxPath(direction: MessageAddress['direction'], featureId: string | undefined): JsonPointer {
  const mailbox = [direction === 'TO' ? 'inbox' : 'outbox', 'messages'];
  return featureId === undefined ? mailbox : ['features', featureId, ...mailbox];
}

/** Undefined for a path that is not a message's. */
export function messageAddressAt(path: JsonPointer): MessageAddress | undefined {
  const isOfFeature = path[0] === 'features';
  const [mailbox, messages, ...subject] = isOfFeature ? path.slice(2) : path;
  const featureId = isOfFeature ? path[1] : undefined;
  if ((mailbox !== 'inbox' && mailbox !== 'outbox') || messages !== 'messages' || subject.length === 0)
    return undefined;
  return { direction: mailbox === 'inbox' ? 'TO' : 'FROM', featureId, subject: subject.join('/') };
}

/** What a URI's path segment may hold unescaped (RFC 3986, `pchar`), besides letters and digits. */
const UNESCAPED = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/gu;
const CONTROL = /[\x00-\x1F\x7F]/;

/**
 * A subject as the rest of a URL's path, each segment decoded once. A subject is a URI path (Ditto, "Messages protocol
 * specification"): what one cannot hold stays percent-encoded.
 * @throws MessageSubjectInvalid empty, an empty segment, or a control character
 */
export function parseSubject(text: string): string {
  const subject = text.startsWith('/') ? text.slice(1) : text;
  if (CONTROL.test(subject) || subject.split('/').includes('') || subject.length > MAX_SUBJECT)
    throw new MessageSubjectInvalid(text.slice(0, 256));
  return subject.replaceAll(UNESCAPED, (character) => encodeURIComponent(character));
}

/** Longest subject, in characters. */
const MAX_SUBJECT = 2_048;
