import { nameOf, namespaceOf } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import type { LiveHeaders } from '@gemel/model/headers';
import { LiveChannelConditionNotAllowed, LiveTimeout } from '@gemel/model/messages';
import type { LiveSignal } from '@gemel/model/protocol';
import { ThingConditionFailed, ThingNotAccessible } from '@gemel/model/things';
import type { RetrieveThing, ThingCommand } from '@gemel/model/things';
import type { AccessedThing, ThingAccess } from '../policies/index.js';
import type { SignalContext } from '../signals/index.js';
import { conditionsOf } from '../things/index.js';
import type { ThingPreconditions, ThingReply, ThingService } from '../things/index.js';
import { checkSignal, readableAnswers } from './live-access.js';
import { DEFAULT_TIMEOUT_MS, answeringHeaders } from './live-headers.js';
import type { LiveHub } from './live-hub.js';
import { answeringOf, checkLiveCondition } from './message-service.js';
import type { LiveOutcome } from './message-service.js';

/** What a device made of a command; `headers` are further ones of the response. */
export interface LiveReply extends LiveOutcome {
  readonly outcome: 'live';
  readonly headers: Readonly<Record<string, string>>;
}

export interface ThingChannelsParts {
  readonly things: Pick<ThingService, 'execute' | 'retrieveMany'>;
  readonly hub: LiveHub;
  readonly access: ThingAccess;
  readonly preconditions: Pick<ThingPreconditions, 'check'>;
}

const MATCHED = 'live-channel-condition-matched';

/**
 * Commands on things by the channel that their headers ask for: the twin, which is stored, the device itself, or what a
 * condition says (Ditto, "Conditional requests": live channel condition).
 */
export class ThingChannels {
  constructor(private readonly parts: ThingChannelsParts) {}

  /** @throws GemelError when refused; LiveTimeout when no device answers */
  async execute(command: ThingCommand, context: SignalContext): Promise<ThingReply | LiveReply> {
    // Nearly all are about the twin: nothing is taken apart for them.
    if (context.live === undefined) return this.parts.things.execute(command, context);
    const { live, ...forTwin } = context;
    if (command.kind === 'retrieve') {
      if (live.channel === 'twin') return this.#byCondition(command, forTwin, live);
      if (live.strategy === 'use-twin') {
        const twin = await this.parts.things.execute(command, forTwin);
        return this.#liveOr(twin, command, forTwin, live);
      }
    } else if (live.channel === 'twin') {
      await this.#refuseCondition(command, context);
    }
    return this.#live(command, forTwin, live, {});
  }

  retrieveMany(
    ids: readonly ThingId[],
    fields: FieldSelector | undefined,
    context: SignalContext,
  ): Promise<readonly JsonObject[]> {
    return this.parts.things.retrieveMany(ids, fields, context);
  }

  /** Who may not read all that the condition names is refused. @throws ThingConditionUnreadable */
  async #byCondition(command: RetrieveThing, context: SignalContext, live: LiveHeaders) {
    const twin = await this.parts.things.execute(command, context);
    const accessed = await this.parts.access.thing(command.thingId, context);
    conditionsOf({ condition: live.condition }, accessed.enforcer);
    if (!this.#matches(accessed, { ...context, condition: live.condition })) {
      return { ...twin, headers: { ...twin.headers, channel: 'twin', [MATCHED]: 'false' } };
    }
    return this.#liveOr(twin, command, context, live);
  }

  /** What the device says, or what is stored when it does not answer and the caller wants that. */
  async #liveOr(twin: ThingReply, command: RetrieveThing, context: SignalContext, live: LiveHeaders) {
    try {
      return await this.#live(command, context, live, { [MATCHED]: 'true' });
    } catch (error) {
      if (!(error instanceof LiveTimeout)) throw error;
      if (live.strategy === 'use-twin') {
        return { ...twin, headers: { ...twin.headers, channel: 'twin', [MATCHED]: 'true' } };
      }
      error.headers = { channel: 'live', [MATCHED]: 'true' };
      throw error;
    }
  }

  #matches(accessed: AccessedThing, context: SignalContext): boolean {
    try {
      checkLiveCondition(accessed, context, this.parts.preconditions);
      return true;
    } catch (error) {
      if (error instanceof ThingConditionFailed) return false;
      throw error;
    }
  }

  async #live(
    command: ThingCommand,
    context: SignalContext,
    { timeoutMs = DEFAULT_TIMEOUT_MS, responseRequired, requestedAcks }: LiveHeaders,
    headers: Readonly<Record<string, string>>,
  ): Promise<LiveReply> {
    const { hub, access, preconditions } = this.parts;
    const answering = answeringOf({ timeoutMs, responseRequired, requestedAcks });
    const accessed = await access.thing(command.thingId, context);
    const signal = signalOf(command, context, answeringHeaders(answering));
    checkSignal(signal, accessed);
    if (command.kind !== 'retrieve') checkLiveCondition(accessed, context, preconditions);
    const { labels } = answering;
    const outcome = { ...answering, outcome: 'live', headers: { channel: 'live', ...headers } } as const;
    if (labels.length === 0) {
      hub.tell(signal);
      return { ...outcome, received: new Map() };
    }
    const received = await hub.ask(signal, { timeoutMs, labels, gone: context.gone });
    if (command.kind !== 'retrieve') return { ...outcome, received };
    return { ...outcome, received: readableAnswers(received, accessed) };
  }

  /** Who may not change the thing learns that first. @throws LiveChannelConditionNotAllowed */
  async #refuseCondition(command: ThingCommand, context: SignalContext): Promise<never> {
    try {
      checkSignal(signalOf(command, context, {}), await this.parts.access.thing(command.thingId, context));
    } catch (error) {
      const creates = command.kind === 'create' || ('path' in command && command.path.length === 0);
      if (!creates || !(error instanceof ThingNotAccessible)) throw error;
    }
    throw new LiveChannelConditionNotAllowed();
  }
}

/** The command as its receivers get it. */
function signalOf(command: ThingCommand, context: SignalContext, answering: JsonObject): LiveSignal {
  const { thingId, kind } = command;
  const topic = {
    namespace: namespaceOf(thingId),
    name: nameOf(thingId),
    group: 'things',
    channel: 'live',
    criterion: 'commands',
    action: kind,
  } as const;
  const headers = {
    ...context.headers,
    'content-type': kind === 'merge' ? 'application/merge-patch+json' : 'application/json',
    'ditto-originator': context.subjects[0],
    ...answering,
  };
  return {
    kind: 'command',
    thingId,
    envelope: {
      topic,
      headers,
      path: 'path' in command ? command.path : [],
      ...('value' in command ? { value: command.value } : undefined),
      ...(kind === 'retrieve' && command.fields !== undefined ? { fields: command.fields } : undefined),
    },
  };
}
