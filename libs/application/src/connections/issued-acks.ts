import { headerText, parseRequestedAcks } from '@gemel/model/headers';
import type { AckLabel } from '@gemel/model/headers';
import { nameOf, namespaceOf } from '@gemel/model/ids';
import type { ThingEvent } from '@gemel/model/signals';
import type { AckExchange } from '../acks/index.js';
import { payloadOf } from '../ingest/index.js';
import type { PublishOutcome } from '../ports/index.js';

const NONE: readonly AckLabel[] = [];

/** What a target acknowledges by itself of the events that it publishes or leaves out. */
export class IssuedAcks {
  constructor(
    /** Acknowledged by the transport; undefined when the target issues none. */
    private readonly issued: AckLabel | undefined,
    /** Acknowledged by nobody when the target leaves an event out, so that nobody waits in vain. */
    private readonly declared: readonly AckLabel[],
    private readonly acks: Pick<AckExchange, 'issue'>,
  ) {}

  /** The other side has said something about it. */
  answered(event: ThingEvent, outcome: PublishOutcome): void {
    const { issued } = this;
    if (issued !== undefined && requestedOf(event).includes(issued)) this.#issue(event, issued, outcome, {});
  }

  /** The event is not published: a weak acknowledgement says that there was nothing to acknowledge. */
  left(event: ThingEvent): void {
    const requested = requestedOf(event);
    if (requested.length === 0) return;
    for (const label of new Set([...(this.issued === undefined ? [] : [this.issued]), ...this.declared])) {
      if (requested.includes(label)) this.#issue(event, label, { status: 200 }, { 'ditto-weak-ack': true });
    }
  }

  #issue({ id, headers }: ThingEvent, label: AckLabel, outcome: PublishOutcome, more: Record<string, boolean>): void {
    const correlationId = headerText(headers, 'correlation-id');
    if (correlationId === undefined) return;
    const { status } = outcome;
    const [namespace, name] = [namespaceOf(id), nameOf(id)];
    const topic = { namespace, name, group: 'things', channel: 'twin', criterion: 'acks', label } as const;
    const value = payloadOf(outcome);
    const envelope = {
      topic,
      headers: { 'correlation-id': correlationId, ...more },
      path: [],
      status,
      ...(value === undefined ? undefined : { value }),
    };
    this.acks.issue({ thingId: id, correlationId, label, status, envelope });
  }
}

function requestedOf({ headers }: ThingEvent): readonly AckLabel[] {
  const text = headerText(headers, 'requested-acks');
  // As this server has written it.
  return text === undefined ? NONE : (parseRequestedAcks(text) ?? NONE);
}
