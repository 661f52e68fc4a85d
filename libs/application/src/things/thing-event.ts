import type { ThingEvent } from '@gemel/model/signals';
import type { PreparedCommand, ThingDecision, ThingState } from '@gemel/model/things';
import type { Instant } from '@gemel/model/time';
import type { SignalContext } from '../signals/index.js';
import { metadataOfChange } from './metadata-of-change.js';

/** What the log will say of a decision. */
export function eventOf(
  command: PreparedCommand,
  decision: ThingDecision,
  state: ThingState | undefined,
  { context, now }: { readonly context: SignalContext; readonly now: Instant },
): ThingEvent {
  const { action, path, value, created } = decision;
  const metadata =
    context.metadata !== undefined || created ? metadataOfChange(command, decision, state, context) : undefined;
  return {
    entity: 'thing',
    id: command.thingId,
    revision: (state?.revision ?? 0) + 1,
    timestamp: now,
    action,
    path,
    ...(value === undefined ? undefined : { value }),
    ...(metadata === undefined ? undefined : { metadata }),
    headers: { ...context.headers, 'ditto-originator': context.subjects[0] },
  };
}
