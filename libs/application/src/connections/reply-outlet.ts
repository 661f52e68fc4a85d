import type { ConnectionId, Source } from '@gemel/model/connections';
import { headerText } from '@gemel/model/headers';
import { isJsonObject, member, parsePointer } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { resolveTemplate } from '@gemel/model/placeholders';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import { outgoingMessages } from '../ingest/index.js';
import type { Answer, Outgoing, OutgoingContext, PayloadMappers } from '../ingest/index.js';
import type { Clock, Logger, OutboundMessage, OutboundPublisher } from '../ports/index.js';
import type { ConnectionMonitor } from './monitoring/index.js';

/** Answers under way to the transport; further ones are left out. */
const MOST_UNDER_WAY = 1_000;

export interface ReplyOutletParts {
  readonly publisher: OutboundPublisher;
  readonly mappers: PayloadMappers;
  readonly connectionId: ConnectionId;
  readonly clock: Clock;
  readonly log: Logger;
  readonly monitor: ConnectionMonitor;
}

/** Publishes answers to the messages of one source, at most once: what cannot go out now is lost. */
export class ReplyOutlet {
  readonly #underWay = new Set<Promise<void>>();
  readonly #counts = { published: 0, refused: 0 };
  #hasWarned = false;

  constructor(
    private readonly source: Source,
    private readonly parts: ReplyOutletParts,
  ) {}

  /** False when nothing is ever answered. */
  get isEnabled(): boolean {
    return this.source.replyTarget !== undefined;
  }

  /** Whether an answer to this would go anywhere. */
  isReached(cause: PlaceholderContext): boolean {
    const address = this.source.replyTarget?.address;
    return address !== undefined && resolveTemplate(address, cause).kind === 'resolved';
  }

  /** @param headers of what is answered; those of the answer count more. */
  send(answer: Answer, headers: JsonObject): void {
    const outgoing = this.#outgoing(answer, headers);
    const { monitor } = this.parts;
    if (outgoing !== undefined) monitor.response('dispatched', undefined);
    for (const { message: reason } of outgoing?.failures ?? []) {
      monitor.response('mapped', reason);
      this.#lose(reason);
    }
    for (const message of outgoing?.messages ?? []) {
      monitor.response('mapped', undefined);
      if (this.#underWay.size >= MOST_UNDER_WAY) {
        this.#lose('the transport does not keep up');
      } else {
        const publishing = this.#publish(message).finally(() => this.#underWay.delete(publishing));
        this.#underWay.add(publishing);
      }
    }
  }

  /** Resolves when what is under way has gone out. */
  async drained(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  counters(): { readonly published: number; readonly refused: number } {
    return { ...this.#counts };
  }

  #outgoing(answer: Answer, headers: JsonObject): Outgoing | undefined {
    const { replyTarget, payloadMapping, qos } = this.source;
    if (!replyTarget?.expectedResponseTypes.has(answer.type)) return undefined;
    const { address, headerMapping } = replyTarget;
    const outlet = { address, headerMapping, payloadMapping, qos };
    return outgoingMessages(outlet, answer, this.#context(answer, headers), this.parts.mappers);
  }

  #context(answer: Answer, given: JsonObject): OutgoingContext {
    const { connectionId, clock } = this.parts;
    const { topic, json } = answer;
    const own = member(json, 'headers');
    const path = member(json, 'path');
    return {
      headers: isJsonObject(own) ? { ...given, ...own } : given,
      connectionId,
      subjectId: headerText(given, 'ditto-originator'),
      now: clock.now(),
      topic,
      entityId: `${topic.namespace}:${topic.name}`,
      path: typeof path === 'string' ? parsePointer(path) : [],
      value: member(json, 'value'),
    };
  }

  async #publish(message: OutboundMessage): Promise<void> {
    try {
      await this.parts.publisher.publish(message);
      this.#counts.published++;
      this.parts.monitor.response('published', undefined);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.monitor.response('published', reason);
      this.#lose(reason);
    }
  }

  #lose(reason: string): void {
    this.#counts.refused++;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.parts.log.warn({ source: this.source.addresses[0], reason }, 'lost an answer; further ones are counted only');
  }
}
