import type { SignalTopic, Target, TargetSignals } from '@gemel/model/connections';
import { headerText } from '@gemel/model/headers';
import { namespaceOf } from '@gemel/model/ids';
import type { LiveSignal } from '@gemel/model/protocol';
import type { LiveHub, OpenLiveStream, SeenSignal } from '../messages/index.js';
import { MessageNotTaken } from '../ports/index.js';
import type {
  Clock,
  Logger,
  OutboundMessage,
  OutboundPublisher,
  PublishOutcome,
  Subscription,
} from '../ports/index.js';
import { outgoingMessages } from './outgoing-messages.js';
import type { Outgoing, OutgoingContext } from './outgoing-messages.js';
import { PayloadMappers } from './payload-mappers.js';
import { targetAnswer } from './target-answer.js';

/** Messages under way to the transport; further ones are left out. */
const MOST_UNDER_WAY = 1_000;

const KINDS: Readonly<Record<LiveSignal['kind'], TargetSignals>> = {
  message: 'live-messages',
  command: 'live-commands',
  event: 'live-events',
};

const LIVE = new Set<TargetSignals>(Object.values(KINDS));

export interface LiveTargetParts {
  readonly hub: Pick<LiveHub, 'subscribe' | 'answer'>;
  readonly publisher: OutboundPublisher;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whose own signals are not published to it. */
  readonly origin: string;
  readonly connectionId?: string;
  /** Whether it publishes what is about a thing. @default everything */
  isMine?(thingId: string): boolean;
  /** @default those without scripts */
  readonly mappers?: PayloadMappers;
}

/** Since the start. */
export interface LiveTargetCounters {
  readonly published: number;
  /** The address does not resolve. */
  readonly filtered: number;
  /** The transport did not take it, or was too slow. */
  readonly refused: number;
}

/** Publishes messages, live commands and live events of things to one target, at most once; what cannot go out now is lost. */
export class LiveTarget implements Subscription {
  readonly #counts = { published: 0, filtered: 0, refused: 0 };
  readonly #streams: readonly OpenLiveStream[];
  /** A signal that several topics want. */
  readonly #taken = new WeakSet<LiveSignal>();
  readonly #underWay = new Set<Promise<void>>();
  #hasWarned = false;

  /** @throws RqlExpressionInvalid */
  constructor(
    private readonly target: Target,
    private readonly parts: LiveTargetParts,
  ) {
    this.#streams = target.topics.filter(({ signals }) => LIVE.has(signals)).map((topic) => this.#subscribe(topic));
  }

  /** Resolves when what is under way has gone out. */
  async stop(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    await Promise.all(this.#underWay);
  }

  counters(): LiveTargetCounters {
    return { ...this.#counts };
  }

  #subscribe({ signals, namespaces, filter, extraFields }: SignalTopic): OpenLiveStream {
    const { hub, publisher, origin } = this.parts;
    return hub.subscribe({
      name: `target ${this.target.address.text} of ${origin}`,
      subjects: this.target.subjects,
      origin,
      filter,
      extraFields,
      wants: ({ kind, thingId }) =>
        KINDS[kind] === signals &&
        namespaces?.includes(namespaceOf(thingId)) !== false &&
        this.parts.isMine?.(thingId) !== false &&
        publisher.hasReceivers(),
      next: (seen) => this.#take(seen),
    });
  }

  #take(seen: SeenSignal): void {
    if (this.#taken.has(seen.signal)) return;
    this.#taken.add(seen.signal);
    const outgoing = this.#outgoing(seen);
    if (outgoing === undefined) {
      this.#counts.filtered++;
      this.#warnOnce(seen, 'the address does not resolve');
      return;
    }
    for (const { message } of outgoing.failures) {
      this.#counts.refused++;
      this.#warnOnce(seen, message);
    }
    for (const message of outgoing.messages) this.#begin(message, seen);
  }

  #begin(message: OutboundMessage, seen: SeenSignal): void {
    if (this.#underWay.size >= MOST_UNDER_WAY) {
      this.#counts.refused++;
      this.#warnOnce(seen, 'the transport does not keep up');
      return;
    }
    const publishing = this.#publish(message, seen).finally(() => this.#underWay.delete(publishing));
    this.#underWay.add(publishing);
  }

  async #publish(message: OutboundMessage, seen: SeenSignal): Promise<void> {
    try {
      const outcome = await this.parts.publisher.publish(message);
      this.#counts.published++;
      this.#answer(seen, outcome);
    } catch (error) {
      this.#counts.refused++;
      if (error instanceof MessageNotTaken) this.#answer(seen, error.outcome);
      this.#warnOnce(seen, error instanceof Error ? error.message : String(error));
    }
  }

  /** For senders that asked for the label that the target issues. */
  #answer(seen: SeenSignal, outcome: PublishOutcome): void {
    const { issuedAck } = this.target;
    if (issuedAck === undefined) return;
    try {
      const answer = targetAnswer(issuedAck, seen.signal, outcome);
      if (answer !== undefined) this.parts.hub.answer(answer);
    } catch (error) {
      this.#warnOnce(seen, error instanceof Error ? error.message : String(error));
    }
  }

  #outgoing(seen: SeenSignal): Outgoing | undefined {
    const signal = { topic: seen.signal.envelope.topic, json: seen.envelope };
    return outgoingMessages(this.target, signal, this.#context(seen), this.parts.mappers ?? PayloadMappers.builtIn);
  }

  #context({ signal, thing }: SeenSignal): OutgoingContext {
    const { topic, headers, path, value } = signal.envelope;
    return {
      topic,
      entityId: signal.thingId,
      headers,
      path,
      value,
      thing,
      subjectId: headerText(headers, 'ditto-originator'),
      connectionId: this.parts.connectionId,
      now: this.parts.clock.now(),
    };
  }

  #warnOnce({ signal: { thingId } }: SeenSignal, reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const target = this.target.address.text;
    this.parts.log.warn({ target, thingId, reason }, 'left out a live signal; further ones are counted only');
  }
}
