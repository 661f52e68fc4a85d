import { enforce, mapHeaders, traceHeaders } from '@gemel/model/connections';
import type { ConnectionId, Source } from '@gemel/model/connections';
import { headerValue } from '@gemel/model/headers';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import type { Envelope } from '@gemel/model/protocol';
import { thingIdOf } from '../ingest/index.js';
import type { IngestRoute } from '../ingest/index.js';
import type { Clock, InboundMessage } from '../ports/index.js';
import type { PatientTurns } from './patient-turns.js';

/** What a source adds to its messages: enforcement, mapped headers, the turn of the thing. */
export class SourceRoute implements IngestRoute {
  readonly origin: string;

  constructor(
    private readonly source: Source,
    private readonly connectionId: ConnectionId,
    private readonly turns: PatientTurns,
    private readonly clock: Clock,
  ) {
    this.origin = originOf(connectionId);
  }

  /** @throws ConnectionIdEnforcementFailed */
  adapt(envelope: Envelope, message: InboundMessage): Envelope {
    const { enforcement, headerMapping } = this.source;
    if (enforcement !== undefined) enforce(enforcement, this.#context(envelope, message));
    const headers =
      headerMapping === undefined
        ? newHeaders(envelope, traceHeaders(message.headers))
        : mapHeaders(headerMapping, this.#context(envelope, message));
    return Object.keys(headers).length === 0 ? envelope : { ...envelope, headers: { ...envelope.headers, ...headers } };
  }

  inTurn(thingId: string, carryOut: () => Promise<unknown>): Promise<unknown> {
    return this.turns.run(thingId, carryOut);
  }

  #context(envelope: Envelope, message: InboundMessage): PlaceholderContext {
    const { topic, path, value } = envelope;
    return {
      topic,
      entityId: thingIdOf(envelope),
      headers: message.headers,
      path,
      value,
      sourceAddress: message.address,
      connectionId: this.connectionId,
      subjectId: message.subjects[0],
      now: this.clock.now(),
    };
  }
}

/** How the live channel knows a connection. */
export function originOf(connectionId: ConnectionId): string {
  return `connection:${connectionId}`;
}

/** What the message says itself counts more. */
function newHeaders({ headers }: Envelope, transport: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(transport).filter(([name]) => headerValue(headers, name) === undefined));
}
