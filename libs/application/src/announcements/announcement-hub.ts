import type { JsonObject } from '@gemel/model/json';
import type { SubjectId } from '@gemel/model/policies';
import { announcedSubjects, subjectDeletionEnvelope } from '@gemel/model/protocol';
import type { SubjectDeletion } from '@gemel/model/protocol';
import type { LiveBus, LiveFrame, Logger, Subscription } from '../ports/index.js';

/** Who wants the announcements that are about it. */
export interface AnnouncementSubscription {
  readonly subjects: readonly SubjectId[];
  /** For logs. */
  readonly name: string;
  /** The Ditto Protocol message; must not block. */
  next(envelope: JsonObject): void;
}

/** Brings announcements to the subscribers of all processes whom they are about. At most once. */
export class AnnouncementHub {
  readonly #subscriptions = new Set<AnnouncementSubscription>();
  readonly #listening: Subscription;

  constructor(
    private readonly bus: LiveBus,
    private readonly log: Logger,
  ) {
    this.#listening = bus.listen((frame) => this.#receive(frame));
  }

  announce(deletion: SubjectDeletion): void {
    this.bus.publish({ entityId: deletion.policyId, envelope: subjectDeletionEnvelope(deletion) });
  }

  subscribe(subscription: AnnouncementSubscription): { close(): void } {
    this.#subscriptions.add(subscription);
    return { close: () => void this.#subscriptions.delete(subscription) };
  }

  close(): Promise<void> {
    this.#subscriptions.clear();
    return this.#listening.stop();
  }

  #receive({ envelope }: LiveFrame): void {
    const announced = this.#subscriptions.size === 0 ? undefined : announcedSubjects(envelope);
    if (announced === undefined) return;
    for (const subscription of this.#subscriptions) {
      const { subjects, name } = subscription;
      if (!subjects.some((subject) => announced.includes(subject))) continue;
      try {
        subscription.next(envelope);
      } catch (error) {
        this.log.error({ error, subscriber: name }, 'a subscriber could not take an announcement');
      }
    }
  }
}
