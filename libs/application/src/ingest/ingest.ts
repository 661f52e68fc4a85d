import { GemelError } from '@gemel/model/errors';
import { beginTrace, continueTrace, headerText, traceContextOf } from '@gemel/model/headers';
import type { TraceContext } from '@gemel/model/headers';
import { JsonInvalid, parseJson } from '@gemel/model/json';
import { isLive, parseEnvelope, thingCommandOf } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';
import type { ThingCommand } from '@gemel/model/things';
import type { IdSource, InboundHandler, InboundMessage } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingReply } from '../things/index.js';
import { PayloadTooLarge, isTransient } from './errors.js';
import type { FailureLog } from './failure-log.js';
import { messageContext } from './message-context.js';

/** Who carries out commands on things. */
export interface ThingCommands {
  execute(command: ThingCommand, context: SignalContext): Promise<ThingReply>;
}

/** Who takes in signals of the live channel, and answers to them. */
export interface LiveTaker {
  take(envelope: Envelope, context: SignalContext, origin: string): Promise<void>;
}

export interface IngestOptions {
  /** Longest payload, in bytes. */
  readonly maxPayloadBytes: number;
  /** Whether a message that belongs to no trace begins one. @default false */
  readonly beginsTraces?: boolean;
  /** Undefined: messages of the live channel are refused. */
  readonly live?: LiveTaker;
}

export const DEFAULT_INGEST_OPTIONS: IngestOptions = { maxPayloadBytes: 1_048_576 };

/** Since the start. `received` = `applied` + all of `failed` + those under way. */
export interface IngestCounters {
  readonly received: number;
  readonly applied: number;
  /** By error code. */
  readonly failed: Readonly<Record<string, number>>;
}

const EXCERPT_BYTES = 120;
/** Where messages come from that are on no connection: the embedded broker. */
export const DEVICES = 'devices';

/** What a connection adds to the way of its messages. */
export interface IngestRoute {
  /** Names the connection: what came on it is not shown on it again. */
  readonly origin: string;
  /** The envelope that is to be applied. @throws GemelError it must not be */
  adapt(envelope: Envelope, message: InboundMessage): Envelope;
  /** Calls `carryOut` when it is the thing's turn, and again when the failure passes. */
  inTurn(thingId: string, carryOut: () => Promise<unknown>): Promise<unknown>;
}

/** Applies Ditto Protocol messages of devices to their twins. What cannot be applied never stops the stream. */
export class Ingest {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  readonly #failed = new Map<string, number>();
  #received = 0;
  #applied = 0;

  constructor(
    private readonly things: ThingCommands,
    private readonly failures: FailureLog,
    private readonly ids: IdSource,
    private readonly options: IngestOptions = DEFAULT_INGEST_OPTIONS,
  ) {}

  /**
   * Resolves when the message is applied, and when it never can be: that is recorded in the failure log.
   * Messages are handed over in the order of the calls.
   * @throws GemelError the failure passes (store away, too busy): deliver the message again
   */
  readonly handle: InboundHandler = (message) => this.handleOn(message, undefined);

  /** As `handle`, on the way that a connection has for it. */
  async handleOn(message: InboundMessage, route: IngestRoute | undefined): Promise<void> {
    this.#received++;
    let envelope: Envelope | undefined;
    try {
      const parsed = this.#parse(message);
      envelope = parsed;
      if (route === undefined) {
        await this.#execute(parsed, message, DEVICES);
      } else {
        const adapted = route.adapt(parsed, message);
        // Nothing live waits behind what is stored: it would come too late.
        if (isLive(adapted)) await this.#execute(adapted, message, route.origin);
        else await route.inTurn(thingIdOf(adapted), () => this.#execute(adapted, message, route.origin));
      }
      this.#applied++;
    } catch (error) {
      this.#fail(message, envelope, error);
    }
  }

  counters(): IngestCounters {
    return { received: this.#received, applied: this.#applied, failed: Object.fromEntries(this.#failed) };
  }

  #execute(envelope: Envelope, { subjects }: InboundMessage, origin: string): Promise<unknown> {
    const { live } = this.options;
    const correlationId = headerText(envelope.headers, 'correlation-id') ?? this.ids.uuid();
    const of = { correlationId, trace: this.#traceOf(envelope) };
    if (live === undefined || !isLive(envelope)) {
      return this.things.execute(thingCommandOf(envelope), messageContext(subjects, envelope.headers, of));
    }
    // An answer may repeat the headers of what it answers: they ask nothing of it.
    const headers = isAnswer(envelope) ? {} : envelope.headers;
    return live.take(envelope, messageContext(subjects, headers, of), origin);
  }

  /** The step that the message is in the trace that it names, or in a new one; undefined when it belongs to none. */
  #traceOf({ headers }: Envelope): TraceContext | undefined {
    const given = traceContextOf(headers);
    if (given !== undefined) return continueTrace(given, this.ids.uuid());
    return this.options.beginsTraces === true ? beginTrace(this.ids.uuid(), this.ids.uuid()) : undefined;
  }

  #parse({ payload }: InboundMessage): Envelope {
    const { maxPayloadBytes } = this.options;
    if (payload.length > maxPayloadBytes) throw new PayloadTooLarge(payload.length, maxPayloadBytes);
    return parseEnvelope(parseJson(this.#text(payload)));
  }

  #text(payload: Uint8Array): string {
    try {
      return this.#decoder.decode(payload);
    } catch {
      throw new JsonInvalid('it is not UTF-8');
    }
  }

  #fail({ address, payload }: InboundMessage, envelope: Envelope | undefined, error: unknown): void {
    const isRefusal = error instanceof GemelError;
    const code = isRefusal ? error.code : 'internalerror';
    const willBeRedelivered = isRefusal && isTransient(error);
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1);
    this.failures.record(
      {
        address,
        code,
        message: error instanceof Error ? error.message : String(error),
        correlationId: envelope && headerText(envelope.headers, 'correlation-id')?.slice(0, 200),
        traceId: envelope && traceContextOf(envelope.headers)?.traceId,
        thingId: envelope && thingIdOf(envelope).slice(0, 256),
        payload: excerpt(payload),
        willBeRedelivered,
      },
      isRefusal ? 'warn' : 'error',
    );
    if (willBeRedelivered) throw error;
  }
}

function isAnswer({ topic, status }: Envelope): boolean {
  return status !== undefined || topic.criterion === 'errors' || topic.criterion === 'acks';
}

/** As the topic has it: not checked. */
export function thingIdOf({ topic }: Envelope): string {
  return `${topic.namespace}:${topic.name}`;
}

function excerpt(payload: Uint8Array): string {
  const text = new TextDecoder().decode(payload.subarray(0, EXCERPT_BYTES));
  return payload.length > EXCERPT_BYTES ? `${text}…` : text;
}
