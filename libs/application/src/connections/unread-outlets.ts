import type { Connection, Target } from '@gemel/model/connections';
import type { AckExchange } from '../acks/index.js';
import type { AnnouncementHub } from '../announcements/index.js';
import { LiveTarget } from '../ingest/index.js';
import type { LiveTargetCounters, PayloadMappers } from '../ingest/index.js';
import type { LiveHub } from '../messages/index.js';
import type {
  Clock,
  Logger,
  OutboundMessage,
  OutboundPublisher,
  PublishOutcome,
  Subscription,
} from '../ports/index.js';
import type { DeadLetterExchange } from '../pipelines/index.js';
import { DeadLetterInlet } from './dead-letter-inlet.js';
import type { DiversionExchange } from './diversion-exchange.js';
import { DiversionOutlet } from './diversion-outlet.js';
import type { ConnectionMonitor } from './monitoring/index.js';
import { PolicyAnnouncementTarget } from './policy-announcement-target.js';

export interface UnreadOutletParts {
  readonly live: Pick<LiveHub, 'subscribe' | 'answer'>;
  readonly announcements: Pick<AnnouncementHub, 'subscribe'>;
  readonly acks: Pick<AckExchange, 'issue'>;
  readonly diversions: Pick<DiversionExchange, 'accept'>;
  readonly deadLetters: Pick<DeadLetterExchange, 'accept'>;
  readonly publisher: OutboundPublisher;
  readonly mappers: PayloadMappers;
  readonly monitor: ConnectionMonitor;
  readonly clock: Clock;
  readonly log: Logger;
  readonly origin: string;
  readonly connectionId: string;
  /** Whether it is this client that publishes what is about a thing or policy; whoever else holds the connection does it, too. */
  readonly isMine: (entityId: string) => boolean;
}

/** Publishes to a target what no log has: it goes out now or never. */
export interface UnreadOutlet extends Subscription {
  counters(): LiveTargetCounters;
}

/** What the targets of a connection publish besides events of twins. */
export function unreadOutlets(connection: Connection, parts: UnreadOutletParts): readonly UnreadOutlet[] {
  const { publisher, live: hub, announcements, isMine } = parts;
  const to = (target: Target) => (message: OutboundMessage) => publishCounted(target, message, parts);
  const ofTargets = connection.targets.flatMap((target) => [
    new LiveTarget(target, {
      ...parts,
      hub,
      publisher: { publish: to(target), hasReceivers: () => publisher.hasReceivers() },
    }),
    new PolicyAnnouncementTarget(target, { ...parts, hub: announcements, publish: to(target) }),
  ]);
  const diverted = new DiversionOutlet(connection, {
    ...parts,
    isMine: () => isMine(connection.id),
    publish: (target, message) => to(target)(message),
  });
  const letters = new DeadLetterInlet(connection, { ...parts, isMine: () => isMine(connection.id) });
  return [...ofTargets, diverted, letters];
}

async function publishCounted(
  target: Target,
  message: OutboundMessage,
  { publisher, monitor }: UnreadOutletParts,
): Promise<PublishOutcome> {
  const address = target.address.text;
  const about = { correlationId: message.headers['correlation-id'] };
  for (const type of ['dispatched', 'filtered', 'mapped'] as const) monitor.outbound(address, type, undefined, about);
  try {
    const outcome = await publisher.publish(message);
    monitor.outbound(address, 'published', undefined, about);
    return outcome;
  } catch (error) {
    monitor.outbound(address, 'published', error instanceof Error ? error.message : String(error), about);
    throw error;
  }
}
