import { AckExchange } from '../acks/index.js';
import type { AckCollections } from '../acks/index.js';
import { ThingAccess } from '../policies/index.js';
import type { PolicyEnforcers } from '../policies/index.js';
import type { Clock, LiveBus, Logger, StateStore, Timers } from '../ports/index.js';
import { ThingPreconditions } from '../things/index.js';
import type { ThingService } from '../things/index.js';
import { LiveHub } from './live-hub.js';
import { LiveInbox } from './live-inbox.js';
import { MessageService } from './message-service.js';
import { ThingChannels } from './thing-channels.js';

export interface LiveChannelParts {
  readonly bus: LiveBus;
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  readonly things: ThingService;
  /** Those that wait in this process. */
  readonly acks: AckCollections;
  /** Longest payload of a message. */
  readonly maxMessageBytes: number;
}

/** Everything that is not stored: messages, live commands, live events. */
export interface LiveChannel {
  readonly hub: LiveHub;
  readonly messages: MessageService;
  readonly inbox: LiveInbox;
  /** Things by the channel that a command asks for. */
  readonly things: ThingChannels;
  /** Where acknowledgements of changes of twins are issued. */
  readonly acks: AckExchange;
}

/** Puts the use cases together from the ports they need. */
export function createLiveChannel(parts: LiveChannelParts): LiveChannel {
  const { bus, states, enforcers, clock, timers, log, things, maxMessageBytes: maxBytes } = parts;
  const hub = new LiveHub(bus, { states, enforcers, clock, timers, log });
  const access = new ThingAccess(states, enforcers);
  const preconditions = new ThingPreconditions(clock);
  const acks = new AckExchange(bus, parts.acks, log);
  return {
    hub,
    messages: new MessageService({ hub, access, preconditions, clock, maxBytes }),
    inbox: new LiveInbox({ hub, access, preconditions, clock, acks }),
    things: new ThingChannels({ things, hub, access, preconditions }),
    acks,
  };
}
