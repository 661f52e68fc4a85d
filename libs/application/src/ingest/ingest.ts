import { GemelError } from '@gemel/model/errors';
import { beginTrace, continueTrace, headerText, traceContextOf } from '@gemel/model/headers';
import type { AckLabel, TraceContext } from '@gemel/model/headers';
import { dittoMapper } from '@gemel/model/mapping';
import type { SubjectId } from '@gemel/model/policies';
import type { Envelope } from '@gemel/model/protocol';
import { MessageUnacceptable } from '../ports/index.js';
import type { IdSource, InboundHandler, InboundMessage } from '../ports/index.js';
import type { Answer } from './answer.js';
import {
  AcknowledgementMissing,
  AcknowledgementNegative,
  MessageInternalError,
  PayloadTooLarge,
  isTransient,
  isUnacknowledged,
} from './errors.js';
import type { FailureLog } from './failure-log.js';
import type { MessageOrigin } from './message-context.js';
import type { Mapped } from './payload-mappers.js';
import { SignalCommands, isAnswer, thingIdOf } from './signal-commands.js';
import type { SignalOutcome, SignalTakers, ThingCommands } from './signal-commands.js';

export interface IngestOptions extends Omit<SignalTakers, 'things'> {
  /** Longest payload, in bytes. */
  readonly maxPayloadBytes: number;
  /** Whether a message that belongs to no trace begins one. @default false */
  readonly beginsTraces?: boolean;
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

/** What an answer is the answer to. */
export interface Cause {
  readonly message: InboundMessage;
  /** Undefined when the message could not be read. */
  readonly envelope: Envelope | undefined;
}

/** What a connection adds to the way of its messages. */
export interface IngestRoute {
  /** Names the connection: what came on it is not shown on it again. */
  readonly origin: string;
  /** What the message says in terms of the Ditto Protocol: nothing, or something, or several things. */
  map(message: InboundMessage): readonly Mapped<Envelope>[];
  /** The envelope that is to be applied. @throws GemelError it must not be */
  adapt(envelope: Envelope, message: InboundMessage): Envelope;
  /** On whose authority. @throws GemelError the message does not say */
  subjects(message: InboundMessage): readonly SubjectId[];
  /** Calls `carryOut` when it is the thing's turn, and again when the failure passes. */
  inTurn<T>(thingId: string, carryOut: () => Promise<T>): Promise<T>;
  /** Whether its messages may acknowledge with the label. */
  declares(label: AckLabel): boolean;
  /** Whether an answer would go anywhere. @default no */
  hears?(cause: Cause): boolean;
  /** Tells whoever waits for it what became of something; makes no answer that goes nowhere. Neither throws. */
  respond(make: (command: Envelope) => Answer, cause: Cause): void;
  refuse(error: GemelError, cause: Cause): void;
  /** Told of each thing that a message says what became of it. @param error undefined when it was applied */
  settled?(cause: Cause, error: unknown): void;
  /** Whether what could not be applied now is delivered again. @default true */
  readonly comesAgain?: boolean;
  /** Told that a message says nothing. */
  dropped?(message: InboundMessage): void;
}

/** Applies Ditto Protocol messages of devices to their twins. What cannot be applied never stops the stream. */
export class Ingest {
  readonly #failed = new Map<string, number>();
  #received = 0;
  #applied = 0;

  readonly #commands: SignalCommands;

  constructor(
    things: ThingCommands,
    private readonly failures: FailureLog,
    private readonly ids: IdSource,
    private readonly options: IngestOptions = DEFAULT_INGEST_OPTIONS,
  ) {
    this.#commands = new SignalCommands({ things, ...options });
  }

  /**
   * Resolves when the message is applied, and when it never can be: that is recorded in the failure log.
   * Messages are handed over in the order of the calls.
   * @throws GemelError the failure passes (store away, too busy): deliver the message again
   */
  readonly handle: InboundHandler = (message) => this.handleOn(message, undefined);

  /**
   * As `handle`, on the way that a connection has for it. What the message becomes is begun in its order and settled
   * together.
   * @throws MessageUnacceptable nothing will help: what it says cannot be applied, or not all of it
   */
  handleOn(message: InboundMessage, route: IngestRoute | undefined): Promise<void> {
    this.#received++;
    return route === undefined ? this.#handlePlain(message) : this.#handleMapped(message, route);
  }

  async #handlePlain(message: InboundMessage): Promise<void> {
    let envelope: Envelope | undefined;
    try {
      this.#checkSize(message);
      const [parsed] = dittoMapper.incoming(message);
      if (parsed === undefined) return;
      envelope = parsed;
      await this.#commands.carryOut(parsed, {
        origin: DEVICES,
        subjects: message.subjects,
        of: this.#originOf(parsed),
        declares: () => true,
        inTurn: (_thingId, carryOut) => carryOut(),
      });
      this.#applied++;
    } catch (error) {
      this.#count(error);
      this.#record(message, envelope, error);
      if (passes(error)) throw error;
    }
  }

  #handleMapped(message: InboundMessage, route: IngestRoute): Promise<void> {
    const found = this.#map(message, route);
    if (found.length === 0) route.dropped?.(message);
    const [only] = found;
    // Nearly all messages say one thing; and what is `async` on their way is kept for each of the many under way.
    return only !== undefined && found.length === 1
      ? this.#settle(only, message, route).then((error) => this.#settled([error]))
      : Promise.all(found.map((mapped) => this.#settle(mapped, message, route))).then((all) => this.#settled(all));
  }

  /** @throws GemelError it must come again @throws MessageUnacceptable */
  #settled(outcomes: readonly unknown[]): void {
    const errors = outcomes.filter((error) => error !== undefined);
    if (errors.length === 0) this.#applied++;
    else this.#count(errors[0]);
    const refusals = errors.filter((error) => error instanceof GemelError);
    const passing = refusals.find(passes);
    if (passing !== undefined) throw passing;
    if (refusals[0] !== undefined) throw new MessageUnacceptable(refusals[0].message);
  }

  #map(message: InboundMessage, route: IngestRoute): readonly Mapped<Envelope>[] {
    try {
      this.#checkSize(message);
      return route.map(message);
    } catch (error) {
      if (error instanceof GemelError) return [{ error }];
      throw error;
    }
  }

  /** What came of one of the things that a message says: undefined when it is applied, and what it was refused with. */
  async #settle(mapped: Mapped<Envelope>, message: InboundMessage, route: IngestRoute): Promise<unknown> {
    let envelope = 'made' in mapped ? mapped.made : undefined;
    try {
      if ('error' in mapped) throw mapped.error;
      const adapted = route.adapt(mapped.made, message);
      envelope = adapted;
      await this.#apply(adapted, message, route);
      route.settled?.({ message, envelope }, undefined);
      return undefined;
    } catch (error) {
      const isExpected = 'made' in mapped && error instanceof GemelError && mapped.isNoFailure?.(error) === true;
      route.settled?.({ message, envelope }, isExpected ? undefined : error);
      if (isExpected) return undefined;
      this.#record(message, envelope, error);
      if (isAnswered(error, route) && isTold(envelope)) route.refuse(told(error), { message, envelope });
      return error;
    }
  }

  #apply(given: Envelope, message: InboundMessage, route: IngestRoute): Promise<void> {
    const envelope = this.#named(given);
    const cause = { message, envelope };
    const outcome = this.#commands.carryOut(envelope, {
      origin: route.origin,
      subjects: route.subjects(message),
      of: this.#originOf(envelope),
      declares: (label) => route.declares(label),
      hears: () => route.hears?.(cause) === true,
      tell: (told) => route.respond(() => told, cause),
      inTurn: (thingId, carryOut) => route.inTurn(thingId, carryOut),
    });
    return outcome.then(({ answer, failure, later }) => {
      if (answer !== undefined) route.respond(answer, cause);
      if (later !== undefined) void this.#answerLater(later, cause, route);
      if (failure !== undefined) throw failure;
    });
  }

  /** The message is settled: what comes back for it, or does not, is only told. */
  async #answerLater(later: NonNullable<SignalOutcome['later']>, cause: Cause, route: IngestRoute): Promise<void> {
    try {
      const { answer } = await later;
      if (answer !== undefined) route.respond(answer, cause);
    } catch (error) {
      route.refuse(told(error), cause);
    }
  }

  /** The answer has the correlation id that the command was given. */
  #named(envelope: Envelope): Envelope {
    const { headers } = envelope;
    if (isAnswer(envelope) || headerText(headers, 'correlation-id') !== undefined) return envelope;
    return { ...envelope, headers: { ...headers, 'correlation-id': this.ids.uuid() } };
  }

  counters(): IngestCounters {
    return { received: this.#received, applied: this.#applied, failed: Object.fromEntries(this.#failed) };
  }

  #originOf(envelope: Envelope): MessageOrigin {
    const correlationId = headerText(envelope.headers, 'correlation-id') ?? this.ids.uuid();
    return { correlationId, trace: this.#traceOf(envelope) };
  }

  /** The step that the message is in the trace that it names, or in a new one; undefined when it belongs to none. */
  #traceOf({ headers }: Envelope): TraceContext | undefined {
    const given = traceContextOf(headers);
    if (given !== undefined) return continueTrace(given, this.ids.uuid());
    return this.options.beginsTraces === true ? beginTrace(this.ids.uuid(), this.ids.uuid()) : undefined;
  }

  #checkSize({ payload }: InboundMessage): void {
    const { maxPayloadBytes } = this.options;
    if (payload.length > maxPayloadBytes) throw new PayloadTooLarge(payload.length, maxPayloadBytes);
  }

  #count(error: unknown): void {
    const code = codeOf(error);
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1);
  }

  #record({ address, payload }: InboundMessage, envelope: Envelope | undefined, error: unknown): void {
    this.failures.record(
      {
        address,
        code: codeOf(error),
        message: error instanceof Error ? error.message : String(error),
        correlationId: envelope && headerText(envelope.headers, 'correlation-id')?.slice(0, 200),
        traceId: envelope && traceContextOf(envelope.headers)?.traceId,
        thingId: envelope && thingIdOf(envelope).slice(0, 256),
        payload: excerpt(payload),
        willBeRedelivered: passes(error),
      },
      error instanceof GemelError ? 'warn' : 'error',
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof GemelError ? error.code : 'internalerror';
}

function passes(error: unknown): boolean {
  return error instanceof GemelError && isTransient(error);
}

/**
 * A failure that passes is told when it has not passed at the last try; that nobody has answered in time at once, as Ditto
 * does. What acknowledgements say was told with them.
 */
function isAnswered(error: unknown, { comesAgain = true }: IngestRoute): boolean {
  if (error instanceof AcknowledgementNegative || error instanceof AcknowledgementMissing) return false;
  return !passes(error) || !comesAgain || isUnacknowledged(error);
}

/** What the sender is told; the log has the rest. */
function told(error: unknown): GemelError {
  return error instanceof GemelError ? error : new MessageInternalError();
}

/** Who wants no response is not told of refusals, either; who could not be read may have wanted one. */
function isTold(envelope: Envelope | undefined): boolean {
  if (envelope === undefined) return true;
  return !isAnswer(envelope) && headerText(envelope.headers, 'response-required') !== 'false';
}

function excerpt(payload: Uint8Array): string {
  const text = new TextDecoder().decode(payload.subarray(0, EXCERPT_BYTES));
  return payload.length > EXCERPT_BYTES ? `${text}…` : text;
}
