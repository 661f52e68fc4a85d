import { enforce, mapHeaders, traceHeaders } from '@gemel/model/connections';
import type { ConnectionId, Source } from '@gemel/model/connections';
import type { GemelError } from '@gemel/model/errors';
import { headerValue } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import { PlaceholderUnresolved, resolveTemplate } from '@gemel/model/placeholders';
import { parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import type { Envelope } from '@gemel/model/protocol';
import { refusalOf, responseTo, thingIdOf } from '../ingest/index.js';
import type { Answer, Cause, IngestRoute, Mapped, PayloadMappers, Reply } from '../ingest/index.js';
import type { Clock, InboundMessage } from '../ports/index.js';
import type { PatientTurns } from './patient-turns.js';
import type { ReplyOutlet } from './reply-outlet.js';

export interface SourceRouteParts {
  readonly connectionId: ConnectionId;
  readonly turns: Pick<PatientTurns, 'run'>;
  readonly clock: Clock;
  readonly mappers: PayloadMappers;
  readonly replies: ReplyOutlet;
}

/** What a source adds to its messages: mapping, enforcement, mapped headers, the turn of the thing, answers. */
export class SourceRoute implements IngestRoute {
  readonly origin: string;

  constructor(
    private readonly source: Source,
    private readonly parts: SourceRouteParts,
  ) {
    this.origin = originOf(parts.connectionId);
  }

  map(message: InboundMessage): readonly Mapped<Envelope>[] {
    return this.parts.mappers.incoming(this.source.payloadMapping, message, this.#context(message));
  }

  /** What the message says itself counts more than what its headers are mapped to. @throws ConnectionIdEnforcementFailed */
  adapt(envelope: Envelope, message: InboundMessage): Envelope {
    const { enforcement } = this.source;
    if (enforcement !== undefined) enforce(enforcement, this.#context(message, envelope));
    const headers = newHeaders(envelope, this.#mappedHeaders(message, envelope));
    return Object.keys(headers).length === 0 ? envelope : { ...envelope, headers: { ...envelope.headers, ...headers } };
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

  inTurn(thingId: string, carryOut: () => Promise<unknown>): Promise<unknown> {
    return this.parts.turns.run(thingId, carryOut);
  }

  respond(reply: Reply, cause: Cause): void {
    const { envelope } = cause;
    if (envelope === undefined) return;
    this.#answer(cause, (headers) => responseTo({ ...envelope, headers }, reply));
  }

  refuse(error: GemelError, cause: Cause): void {
    this.#answer(cause, (headers) => refusalOf(error, { ...cause.envelope, headers }));
  }

  /** Makes no answer that goes nowhere: most sources have nobody who waits. */
  #answer({ message, envelope }: Cause, make: (headers: JsonObject) => Answer): void {
    const { replies } = this.parts;
    if (!replies.isEnabled) return;
    const headers = { ...this.#mappedHeaders(message, envelope), ...envelope?.headers };
    if (replies.isReached({ ...this.#context(message, envelope), headers })) replies.send(make(headers), headers);
  }

  #mappedHeaders(message: InboundMessage, envelope: Envelope | undefined): Record<string, string> {
    const { headerMapping } = this.source;
    return headerMapping === undefined
      ? takenOver(message.headers)
      : mapHeaders(headerMapping, this.#context(message, envelope));
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

function newHeaders({ headers }: Envelope, mapped: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(mapped).filter(([name]) => headerValue(headers, name) === undefined));
}
