import type { ConnectionId } from '@gemel/model/connections';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { formatEnvelope } from '@gemel/model/protocol';
import { MessageRefused } from '../ports/index.js';
import type { IdSource, LiveBus, LiveFrame, OutboundMessage, Timers } from '../ports/index.js';

/** How long the process that has the other connection open may take to have the letter taken over, in milliseconds. */
const ANSWER_MS = 10_000;
/** Most bytes of a letter to another connection: what the live channel carries besides is not larger, either. */
const MOST_BYTES = 250_000;
const SENT = 'dead-letter';
const ANSWERED = 'dead-letter-answer';

/** What became of a letter at the other connection. */
export type LetterOutcome = 'taken' | { readonly refused: string } | { readonly failed: string };

export interface DeadLetterExchangeParts {
  readonly bus: LiveBus;
  readonly ids: IdSource;
  readonly timers: Timers;
}

/**
 * Brings dead letters of one connection to another one, whichever process has it open. Whoever sends one hears what became of it; without
 * an answer it may have been taken all the same.
 */
export class DeadLetterExchange {
  constructor(private readonly parts: DeadLetterExchangeParts) {}

  /**
   * Resolves when the broker of the other connection has taken it.
   * @throws MessageRefused it never will @throws Error it may later
   */
  async send(to: ConnectionId, from: ConnectionId, letter: OutboundMessage): Promise<void> {
    const payload = bytesOf(letter.payload);
    if (payload.length > MOST_BYTES) {
      throw new MessageRefused(
        letter.address,
        `it is larger than ${String(MOST_BYTES)} bytes, the most for another connection`,
      );
    }
    const outcome = await this.#asked(to, from, { ...letter, payload });
    if (outcome === 'taken') return;
    if ('refused' in outcome) throw new MessageRefused(letter.address, outcome.refused);
    throw new Error(outcome.failed);
  }

  /** Letters for a connection from now on. @param take must not reject; undefined when it is not for here */
  accept(
    to: ConnectionId,
    take: (from: string, letter: OutboundMessage) => Promise<LetterOutcome | undefined>,
  ): { close(): void } {
    const listening = this.parts.bus.listen(({ envelope }) => {
      const { value } = envelope;
      if (envelope['topic'] !== topicOf(to, SENT) || !isJsonObject(value)) return;
      const [id, from] = [member(value, 'id'), member(value, 'from')];
      const letter = parseLetter(value);
      if (typeof id !== 'string' || typeof from !== 'string' || letter === undefined) return;
      void take(from, letter).then((outcome) => {
        if (outcome !== undefined) this.#publish(from, ANSWERED, { id, ...(outcome === 'taken' ? {} : outcome) });
      });
    });
    return { close: () => void listening.stop() };
  }

  async #asked(
    to: ConnectionId,
    from: ConnectionId,
    letter: OutboundMessage & { readonly payload: Uint8Array },
  ): Promise<LetterOutcome> {
    const { bus, ids, timers } = this.parts;
    const id = ids.uuid();
    const heard = new AbortController();
    const told: LetterOutcome[] = [];
    const silence: LetterOutcome = {
      failed: `no process that has the connection '${to}' open has answered: see its status`,
    };
    const listening = bus.listen(({ envelope: { topic, value } }) => {
      if (topic !== topicOf(from, ANSWERED) || !isJsonObject(value) || member(value, 'id') !== id) return;
      told.push(parseOutcome(value));
      heard.abort();
    });
    const { address, qos, headers, payload } = letter;
    this.#publish(to, SENT, { id, from, address, qos, headers: { ...headers }, payload: toBase64(payload) });
    await timers.sleep(ANSWER_MS, heard.signal);
    await listening.stop();
    return told[0] ?? silence;
  }

  #publish(name: string, announcement: string, value: JsonObject): void {
    const topic = { namespace: '_', name, group: 'connections', criterion: 'announcements', announcement } as const;
    const envelope: LiveFrame['envelope'] = formatEnvelope({ topic, headers: {}, path: [], value });
    // Frames are about things: this one keeps those of one connection in order.
    this.parts.bus.publish({ entityId: parseThingId(`gemel:${name}`), envelope });
  }
}

function topicOf(connectionId: string, announcement: string): string {
  return `_/${connectionId}/connections/announcements/${announcement}`;
}

function parseOutcome(value: JsonObject): LetterOutcome {
  const [refused, failed] = [member(value, 'refused'), member(value, 'failed')];
  if (typeof refused === 'string') return { refused };
  return typeof failed === 'string' ? { failed } : 'taken';
}

/** As another process of this installation has written it. */
function parseLetter(value: JsonObject): OutboundMessage | undefined {
  const [address, qos, payload, headers] = ['address', 'qos', 'payload', 'headers'].map((name) => member(value, name));
  if (typeof address !== 'string' || typeof payload !== 'string' || !isJsonObject(headers)) return undefined;
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { address, qos: parseQos(qos), payload: fromBase64(payload), headers: Object.fromEntries(texts) };
}

function parseQos(qos: JsonValue | undefined): OutboundMessage['qos'] {
  return qos === 0 || qos === 2 ? qos : 1;
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
