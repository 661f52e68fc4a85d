import { TWIN_PERSISTED, customLabels } from '@gemel/model/headers';
import type { AckLabel, AnswerWanted } from '@gemel/model/headers';
import type { PolicyCommand, SubjectId } from '@gemel/model/policies';
import { isLive, isTwinAck, policyCommandOf, thingCommandOf, twinAckOf } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';
import type { ThingCommand } from '@gemel/model/things';
import type { PolicyReply } from '../policies/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ProtocolQueries } from '../subscriptions/index.js';
import type { ThingReply } from '../things/index.js';
import type { HandedOn, LiveOutcome, LiveWait } from '../messages/index.js';
import { acknowledgementsTo, responseTo } from './answer.js';
import type { Answer, Reply } from './answer.js';
import { answerWanted } from './answer-wanted.js';
import { AcknowledgementLabelNotDeclared, failureOf } from './errors.js';
import { acksOf, liveAnswerTo } from './live-answer.js';
import { liveWaitOf } from './live-wait.js';
import { messageContext } from './message-context.js';
import type { MessageOrigin } from './message-context.js';
import type { TwinAcks } from './twin-acks.js';

/** Who carries out commands on things. */
export interface ThingCommands {
  execute(command: ThingCommand, context: SignalContext): Promise<ThingReply>;
}

/** Who carries out commands on policies. */
export interface PolicyCommands {
  execute(command: PolicyCommand, context: SignalContext): Promise<PolicyReply>;
}

/** Who takes in signals of the live channel and answers to them, and acknowledgements of changes. */
export interface LiveTaker {
  /** @param wait undefined when nobody waits for what comes back @throws GemelError it may not be sent */
  take(envelope: Envelope, context: SignalContext, origin: string, wait?: LiveWait): Promise<HandedOn>;
}

export interface SignalTakers {
  readonly things: ThingCommands;
  /** Undefined: messages of the live channel are refused. */
  readonly live?: LiveTaker | undefined;
  /** Undefined: commands on policies are refused. */
  readonly policies?: PolicyCommands | undefined;
  /** Undefined: nobody but the twin acknowledges. */
  readonly acks?: TwinAcks | undefined;
  /** Undefined: questions about many things and about the past are refused. */
  readonly queries?: Pick<ProtocolQueries, 'isQuery' | 'take'> | undefined;
}

/** What a signal comes on. */
export interface SignalWay {
  /** Connection or session: it is not shown its own signals. */
  readonly origin: string;
  readonly subjects: readonly SubjectId[];
  /** What the signal is a part of. */
  readonly of: MessageOrigin;
  /** Whether it may acknowledge with the label. */
  declares(label: AckLabel): boolean;
  /** Whether an answer would get to the sender. @default no */
  hears?(envelope: Envelope): boolean;
  /** Tells the sender something at any time. @default tells it nothing */
  tell?(answer: Answer): void;
  /** Calls `carryOut` when it is the thing's turn, and again when the failure passes. */
  inTurn<T>(thingId: string, carryOut: () => Promise<T>): Promise<T>;
}

/** What is to be told of a signal, and what it failed with although it was carried out. */
export interface SignalOutcome {
  /** Undefined when nothing is to be told. */
  readonly answer?: ((command: Envelope) => Answer) | undefined;
  readonly failure?: Error | undefined;
  /** What there is to be told when somebody else has answered, if ever; nothing waits for it. May reject. */
  readonly later?: Promise<Pick<SignalOutcome, 'answer'>> | undefined;
}

/** Carries out what Ditto Protocol messages ask for, and waits for what has to confirm it. */
export class SignalCommands {
  constructor(private readonly takers: SignalTakers) {}

  /** @throws GemelError it was refused */
  async carryOut(envelope: Envelope, way: SignalWay): Promise<SignalOutcome> {
    if (isTwinAck(envelope)) checkDeclared(twinAckOf(envelope).label, way);
    else checkLiveAck(envelope, way);
    // Nothing of it waits behind what is stored: it would come too late.
    if (isLive(envelope) || isTwinAck(envelope)) return this.#unstored(envelope, way);
    const { acks, queries } = this.takers;
    if (queries?.isQuery(envelope) === true) return this.#asked(envelope, way, queries);
    const wanted = answerWanted(envelope.headers);
    const isWaitedFor =
      acks !== undefined && isChange(envelope) && wanted.acks.some((label) => label !== TWIN_PERSISTED);
    if (isWaitedFor) return this.#acknowledged(envelope, way, wanted, acks);
    const reply = await this.#inTurn(envelope, way);
    return wanted.response ? { answer: (command) => responseTo(command, reply) } : {};
  }

  async #unstored(envelope: Envelope, way: SignalWay): Promise<SignalOutcome> {
    const { live } = this.takers;
    if (live === undefined) {
      await this.#execute(envelope, way);
      return {};
    }
    // An answer may repeat the headers of what it answers: they ask nothing of it.
    const headers = isAnswer(envelope) ? {} : envelope.headers;
    const asked = canBeAnswered(envelope) ? liveWaitOf(envelope.headers) : undefined;
    const wait = asked?.isSettledBy === true || way.hears?.(envelope) === true ? asked : undefined;
    const { answered } = await live.take(envelope, messageContext(way.subjects, headers, way.of), way.origin, wait);
    if (answered === undefined) return {};
    const outcome = answered.then(liveOutcomeOf);
    return wait?.isSettledBy === true ? outcome : { later: outcome };
  }

  async #asked(
    envelope: Parameters<ProtocolQueries['take']>[0],
    way: SignalWay,
    queries: Pick<ProtocolQueries, 'take'>,
  ): Promise<SignalOutcome> {
    const context = messageContext(way.subjects, envelope.headers, way.of);
    await queries.take(envelope, {
      origin: way.origin,
      context,
      tell: ({ topic, json, isFailure }) => way.tell?.({ type: isFailure ? 'error' : 'response', topic, json }),
    });
    return {};
  }

  /** The thing's next change does not wait for the acknowledgements of this one. */
  async #acknowledged(
    envelope: Envelope,
    way: SignalWay,
    wanted: AnswerWanted,
    acks: TwinAcks,
  ): Promise<SignalOutcome> {
    const collected = await acks.collect(way.of.correlationId, wanted, () => this.#inTurn(envelope, way));
    return {
      answer: wanted.response ? (command) => acknowledgementsTo(command, collected) : undefined,
      failure: failureOf(collected),
    };
  }

  #inTurn(envelope: Envelope, way: SignalWay): Promise<Reply> {
    return way.inTurn(thingIdOf(envelope), () => this.#execute(envelope, way));
  }

  #execute(envelope: Envelope, { subjects, of }: SignalWay): Promise<Reply> {
    const { things, policies } = this.takers;
    const context = messageContext(subjects, envelope.headers, of);
    return policies !== undefined && envelope.topic.group === 'policies'
      ? policies.execute(policyCommandOf(envelope), context)
      : things.execute(thingCommandOf(envelope), context);
  }
}

/** Live messages and commands. */
function canBeAnswered(envelope: Envelope): boolean {
  const { criterion } = envelope.topic;
  return !isAnswer(envelope) && isLive(envelope) && (criterion === 'messages' || criterion === 'commands');
}

function liveOutcomeOf(outcome: LiveOutcome): SignalOutcome {
  return {
    answer: outcome.responseRequired ? (command) => liveAnswerTo(command, outcome) : undefined,
    failure: failureOf(acksOf(outcome)),
  };
}

export function isAnswer({ topic, status }: Envelope): boolean {
  return status !== undefined || topic.criterion === 'errors' || topic.criterion === 'acks';
}

/** As the topic has it: not checked. */
export function thingIdOf({ topic }: Envelope): string {
  return `${topic.namespace}:${topic.name}`;
}

function isChange({ topic }: Envelope): boolean {
  return topic.group === 'things' && topic.criterion === 'commands' && topic.action !== 'retrieve';
}

/** What Gemel issues itself needs no declaration: nobody takes it from others. */
function checkLiveAck({ topic }: Envelope, way: Pick<SignalWay, 'declares'>): void {
  if (topic.group !== 'things' || topic.criterion !== 'acks' || topic.label === undefined) return;
  if (customLabels([topic.label]).length > 0) checkDeclared(topic.label, way);
}

function checkDeclared(label: AckLabel, way: Pick<SignalWay, 'declares'>): void {
  if (!way.declares(label)) throw new AcknowledgementLabelNotDeclared(label);
}
