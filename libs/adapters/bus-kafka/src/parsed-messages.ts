import type { RecordedEvent } from '@gemel/application/ports';
import type { KafkaMessage } from 'kafkajs';
import { parseMessage } from './event-codec.js';

/** Messages kept at the most: readers of one process are seldom further apart. */
const KEPT = 1_000;

/** Of a topic that was deleted and made again offsets come twice, with other times. */
type Place = Pick<KafkaMessage, 'offset' | 'timestamp'>;

/** What messages hold, parsed once for all readers of a process. */
export class ParsedMessages {
  readonly #kept = new Map<string, readonly RecordedEvent[]>();

  /** @param arrived is shown each event once, before any reader; more often when a reader is far behind the others */
  constructor(private readonly arrived: (recorded: RecordedEvent) => void = () => undefined) {}

  /** Undefined for what is no event. */
  read(partition: number, message: Place & Parameters<typeof parseMessage>[0]): readonly RecordedEvent[] | undefined {
    const place = `${partition} ${message.offset} ${message.timestamp}`;
    const known = this.#kept.get(place);
    if (known !== undefined) return known;
    const parsed = parseMessage(message);
    if (parsed === undefined) return undefined;
    for (const recorded of parsed) this.arrived(recorded);
    this.#kept.set(place, parsed);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value ?? '');
    return parsed;
  }
}
