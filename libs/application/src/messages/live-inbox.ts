import { CLAIM, AnswerUnexpected, messageAddressAt } from '@gemel/model/messages';
import { isTwinAck, liveOf, twinAckOf } from '@gemel/model/protocol';
import type { Envelope, LiveAnswer, LiveSignal, TwinAck } from '@gemel/model/protocol';
import type { AckExchange } from '../acks/index.js';
import type { ThingAccess } from '../policies/index.js';
import type { Clock } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingPreconditions } from '../things/index.js';
import { checkAnswer, checkSignal, readableAnswers } from './live-access.js';
import { answeringHeaders, carriedHeaders, messageHeaders } from './live-headers.js';
import type { LiveHub } from './live-hub.js';
import { answeringOf, checkLiveCondition } from './message-service.js';
import type { LiveOutcome, LiveWait } from './message-service.js';

export interface LiveInboxParts {
  readonly hub: LiveHub;
  readonly access: ThingAccess;
  readonly preconditions: Pick<ThingPreconditions, 'check'>;
  readonly clock: Clock;
  readonly acks: Pick<AckExchange, 'issue'>;
}

/** What became of a signal that was taken in. */
export interface HandedOn {
  /** What comes back, where somebody waits for it; rejects with LiveTimeout. */
  readonly answered?: Promise<LiveOutcome>;
}

/** Takes in what devices and back ends say on the live channel as Ditto Protocol messages, and their acknowledgements of changes. */
export class LiveInbox {
  constructor(private readonly parts: LiveInboxParts) {}

  /**
   * Hands a signal on to its subscribers, or an answer or acknowledgement to whoever waits for it.
   * @param origin connection or session that it came on
   * @param wait undefined when nobody waits for what comes back
   * @throws GemelError it may not be sent, or it is an answer that nobody is known to wait for
   */
  async take(envelope: Envelope, context: SignalContext, origin: string, wait?: LiveWait): Promise<HandedOn> {
    if (isTwinAck(envelope)) {
      await this.#acknowledge(twinAckOf(envelope), context);
      return {};
    }
    const live = liveOf(envelope);
    if (!('status' in live)) return this.#tell(live, context, origin, live.kind === 'event' ? undefined : wait);
    await this.#answer(live, context, origin);
    return {};
  }

  async #tell(signal: LiveSignal, context: SignalContext, origin: string, wait?: LiveWait): Promise<HandedOn> {
    const { hub, access, preconditions, clock } = this.parts;
    const answering = wait && answeringOf(wait);
    const accessed = await access.thing(signal.thingId, context);
    if (!isClaim(signal)) checkSignal(signal, accessed);
    checkLiveCondition(accessed, context, preconditions);
    const headers = {
      ...carriedHeaders(signal.envelope.headers),
      ...context.headers,
      'ditto-originator': context.subjects[0],
      ...messageHeaders(signal, clock.now()),
      ...(answering && answeringHeaders(answering)),
    };
    const told = { ...signal, envelope: { ...signal.envelope, headers } };
    if (answering === undefined || answering.labels.length === 0) {
      hub.tell(told, origin);
      return {};
    }
    const { timeoutMs, labels } = answering;
    const received = hub.ask(told, { timeoutMs, labels }, origin);
    const { topic } = signal.envelope;
    const isRetrieve = topic.criterion === 'commands' && topic.action === 'retrieve';
    return {
      answered: received.then((answers) => ({
        ...answering,
        received: isRetrieve ? readableAnswers(answers, accessed) : answers,
      })),
    };
  }

  async #acknowledge(ack: TwinAck, context: SignalContext): Promise<void> {
    const { access, acks } = this.parts;
    checkAnswer(ack, await access.thing(ack.thingId, context));
    const headers = { ...carriedHeaders(ack.envelope.headers), 'ditto-originator': context.subjects[0] };
    acks.issue({ ...ack, envelope: { ...ack.envelope, headers } });
  }

  async #answer(answer: LiveAnswer, context: SignalContext, origin: string): Promise<void> {
    const { hub, access } = this.parts;
    checkAnswer(answer, await access.thing(answer.thingId, context));
    const headers = { ...carriedHeaders(answer.envelope.headers), 'ditto-originator': context.subjects[0] };
    const judgement = hub.answer({ ...answer, envelope: { ...answer.envelope, headers } }, origin);
    if (judgement.is === 'unexpected') throw new AnswerUnexpected(judgement.reason);
  }
}

/** In the Ditto Protocol the subject alone makes a claim of a message to a thing. */
function isClaim({ kind, envelope: { path } }: LiveSignal): boolean {
  const address = kind === 'message' ? messageAddressAt(path) : undefined;
  return address?.subject === CLAIM && address.featureId === undefined && address.direction === 'TO';
}
