import {
  ConnectionIdEnforcementFailed,
  divertedTo,
  enforce,
  filterTest,
  mapHeaders,
  traceHeaders,
} from '@gemel/model/connections';
import type { ConnectionId, Diversion, DivertedTo, Source } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import { TRACE_HEADERS, headerText, headerValue } from '@gemel/model/headers';
import type { AckLabel } from '@gemel/model/headers';
import { HOPS_HEADER } from '@gemel/model/hops';
import type { JsonObject } from '@gemel/model/json';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import { PlaceholderUnresolved, resolveTemplate } from '@gemel/model/placeholders';
import { parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import type { Envelope } from '@gemel/model/protocol';
import { refusalOf, thingIdOf } from '../ingest/index.js';
import type { Answer, Cause, IngestRoute, Mapped, PayloadMappers } from '../ingest/index.js';
import type { DeadLetters } from '../pipelines/index.js';
import type { Clock, InboundMessage } from '../ports/index.js';
import type { DiversionExchange } from './diversion-exchange.js';
import type { ConnectionMonitor, Monitored } from './monitoring/index.js';
import type { PatientTurns } from './patient-turns.js';
import type { ReplyOutlet } from './reply-outlet.js';
import { withRequestedAcks } from './requested-acks.js';

export interface SourceRouteParts {
  readonly connectionId: ConnectionId;
  readonly turns: Pick<PatientTurns, 'run'>;
  readonly clock: Clock;
  readonly mappers: PayloadMappers;
  readonly replies: ReplyOutlet;
  readonly monitor: ConnectionMonitor;
  /** Undefined when there is nowhere for them. */
  readonly deadLetters?: DeadLetters | undefined;
  readonly diversion: Diversion;
  readonly diversions: Pick<DiversionExchange, 'divert'>;
  /** Index of the source. */
  readonly index: number;
}

/** What a source adds to its messages: mapping, enforcement, mapped headers, the turn of the thing, answers. */
export class SourceRoute implements IngestRoute {
  readonly origin: string;
  readonly comesAgain: boolean;
  /** Why messages under way cannot be applied. */
  readonly #refusals = new WeakMap<InboundMessage, GemelError>();
  readonly #addresses: readonly { readonly address: string; takes: (topic: string) => boolean }[];

  constructor(
    private readonly source: Source,
    private readonly parts: SourceRouteParts,
  ) {
    this.origin = originOf(parts.connectionId);
    this.comesAgain = source.qos > 0;
    this.#addresses = source.addresses.map((address) => ({ address, takes: filterTest(address) }));
  }

  received(message: InboundMessage): void {
    this.parts.monitor.inbound(this.#addressOf(message), 'consumed', undefined, aboutMessage(message));
  }

  /** @param failure why it was not taken for applied */
  acknowledged(message: InboundMessage, failure: string | undefined): void {
    this.parts.monitor.inbound(this.#addressOf(message), 'acknowledged', failure, aboutMessage(message));
  }

  /** What the message was mapped to; nothing when it was left out. */
  dropped(message: InboundMessage): void {
    const { mappers, monitor, clock } = this.parts;
    const isUnseen = mappers.isUnseen(this.source.payloadMapping, this.#context(message));
    if (isUnseen) monitor.unseen.saw(message.address, clock.now());
    monitor.inbound(this.#addressOf(message), 'dropped', undefined, aboutMessage(message));
  }

  settled({ message, envelope }: Cause, error: unknown): void {
    const { monitor } = this.parts;
    const address = this.#addressOf(message);
    const reason = error instanceof Error ? error.message : String(error);
    const about = envelope === undefined ? aboutMessage(message) : aboutEnvelope(envelope);
    monitor.inbound(address, 'mapped', envelope === undefined ? reason : undefined, about);
    if (error instanceof GemelError) this.#refusals.set(message, error);
    if (envelope === undefined) return;
    const hops = headerText(envelope.headers, HOPS_HEADER);
    if (hops !== undefined) monitor.hops.observe(hops);
    if (this.source.enforcement !== undefined) {
      monitor.inbound(address, 'enforced', error instanceof ConnectionIdEnforcementFailed ? reason : undefined, about);
    }
    if (error !== undefined) monitor.refused(address, reason, about);
  }

  /** Whether the message, which can never be applied, was put where such messages go. @throws Error it may be put there later */
  async isDeadLetter(message: InboundMessage): Promise<boolean> {
    const reason = this.#refusals.get(message);
    return reason !== undefined && (await this.parts.deadLetters?.take(message, reason)) === true;
  }

  map(message: InboundMessage): readonly Mapped<Envelope>[] {
    return this.parts.mappers.incoming(this.source.payloadMapping, message, this.#context(message));
  }

  /** What the message says itself counts more than what its headers are mapped to. @throws ConnectionIdEnforcementFailed */
  adapt(envelope: Envelope, message: InboundMessage): Envelope {
    const { enforcement } = this.source;
    if (enforcement !== undefined) enforce(enforcement, this.#context(message, envelope));
    const headers = newHeaders(envelope, this.#mappedHeaders(message, envelope));
    const adapted = headers === undefined ? envelope : { ...envelope, headers: { ...envelope.headers, ...headers } };
    const { acknowledgementRequests } = this.source;
    return acknowledgementRequests === undefined
      ? adapted
      : withRequestedAcks(adapted, acknowledgementRequests, this.#context(message));
  }

  /** @throws PlaceholderUnresolved, SubjectIdInvalid */
  subjects(message: InboundMessage): readonly SubjectId[] {
    const { subjectTemplates } = this.source;
    if (subjectTemplates === undefined) return message.subjects;
    return subjectTemplates.flatMap((template) => {
      const resolution = resolveTemplate(template, { headers: message.headers });
      if (resolution.kind === 'unresolved') throw new PlaceholderUnresolved(template.text);
      return resolution.kind === 'resolved' ? resolution.values.map(parseSubjectId) : [];
    });
  }

  inTurn<T>(thingId: string, carryOut: () => Promise<T>): Promise<T> {
    return this.parts.turns.run(thingId, carryOut);
  }

  declares(label: AckLabel): boolean {
    return this.source.declaredAcks.includes(label);
  }

  hears(cause: Cause): boolean {
    const { replies, diversion } = this.parts;
    if (!replies.isEnabled && !diversion.isSource) return false;
    const headers = this.#replyHeaders(cause);
    if (diversion.isSource && divertedTo(headers) !== undefined) return true;
    return replies.isEnabled && replies.isReached({ ...this.#context(cause.message, cause.envelope), headers });
  }

  respond(make: (command: Envelope) => Answer, cause: Cause): void {
    const { envelope } = cause;
    if (envelope === undefined) return;
    this.#answer(cause, (headers) => make({ ...envelope, headers }));
  }

  refuse(error: GemelError, cause: Cause): void {
    this.#answer(cause, (headers) => refusalOf(error, { ...cause.envelope, headers }));
  }

  /** Makes no answer that goes nowhere: most sources have nobody who waits. */
  #answer({ message, envelope }: Cause, make: (headers: JsonObject) => Answer): void {
    const { replies, diversion } = this.parts;
    if (!replies.isEnabled && !diversion.isSource) return;
    const headers = this.#replyHeaders({ message, envelope });
    const diverted = diversion.isSource ? divertedTo(headers) : undefined;
    if (diverted !== undefined && this.#divert(diverted, make(headers), headers) && !diversion.preservesNormal) return;
    if (!replies.isEnabled) return;
    if (replies.isReached({ ...this.#context(message, envelope), headers })) replies.send(make(headers), headers);
  }

  /** False when answers of its type stay here. */
  #divert({ connectionId: to, types }: DivertedTo, { type, json }: Answer, headers: JsonObject): boolean {
    const { connectionId: from, diversions, index: source } = this.parts;
    if (!types.has(type) || to === from) return false;
    diversions.divert(to, { json, headers, from, source });
    return true;
  }

  /** What the placeholders of a reply target see. */
  #replyHeaders({ message, envelope }: Cause): JsonObject {
    return { ...this.#mappedHeaders(message, envelope), ...envelope?.headers };
  }

  /** Under which address of the source the message is counted. */
  #addressOf({ address: topic }: InboundMessage): string {
    const [first, ...others] = this.#addresses;
    if (others.length === 0) return first?.address ?? topic;
    return this.#addresses.find(({ address, takes }) => address === topic || takes(topic))?.address ?? topic;
  }

  #mappedHeaders(message: InboundMessage, envelope: Envelope | undefined): Record<string, string> {
    const { headerMapping } = this.source;
    return headerMapping === undefined
      ? takenOver(message.headers)
      : { ...traceOf(message.headers), ...mapHeaders(headerMapping, this.#context(message, envelope)) };
  }

  #context(message: InboundMessage, envelope?: Envelope): PlaceholderContext {
    const common = {
      headers: message.headers,
      sourceAddress: message.address,
      connectionId: this.parts.connectionId,
      subjectId: message.subjects[0],
      now: this.parts.clock.now(),
    };
    if (envelope === undefined) return common;
    const { topic, path, value } = envelope;
    return { ...common, topic, entityId: thingIdOf(envelope), path, value };
  }
}

/** How the live channel knows a connection. */
export function originOf(connectionId: ConnectionId): string {
  return `connection:${connectionId}`;
}

/** Without a header mapping: who caused what, and where the answer goes. */
function takenOver(headers: InboundMessage['headers']): Record<string, string> {
  const taken = traceHeaders(headers);
  const replyTo = headers['reply-to'];
  return replyTo === undefined ? taken : { ...taken, 'reply-to': replyTo };
}

/** A trace goes on whatever the header mapping says: it is not about the content. */
function traceOf(headers: InboundMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => TRACE_HEADERS.some((each) => each === name)));
}

/** Undefined when there are none, as of most messages. */
function newHeaders({ headers }: Envelope, mapped: Record<string, string>): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  for (const [name, value] of Object.entries(mapped)) {
    if (headerValue(headers, name) === undefined) found = { ...found, [name]: value };
  }
  return found;
}

function aboutMessage({ headers }: InboundMessage): Monitored {
  return { correlationId: headers['correlation-id'] };
}

function aboutEnvelope(envelope: Envelope): Monitored {
  return { correlationId: headerText(envelope.headers, 'correlation-id'), thingId: thingIdOf(envelope) };
}
