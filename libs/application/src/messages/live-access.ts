import { LIVE_RESPONSE } from '@gemel/model/headers';
import { formatPointer, isJsonObject } from '@gemel/model/json';
import { LiveEventNotAllowed, MessageSendNotAllowed } from '@gemel/model/messages';
import type { Enforcer } from '@gemel/model/policies';
import type { LiveAnswer, LiveSignal } from '@gemel/model/protocol';
import { ThingNotAccessible, ThingNotDeletable, thingResourceAt, thingResources } from '@gemel/model/things';
import type { AccessedThing } from '../policies/index.js';
import type { Acknowledged } from './waiting-room.js';

/**
 * Who may send what on the live channel (Ditto, LiveSignalEnforcement). A claim needs no permission and is not checked.
 * @throws GemelError the refusal of the kind of signal
 */
export function checkSignal(signal: LiveSignal, { enforcer }: AccessedThing): void {
  const { kind, thingId, envelope } = signal;
  switch (kind) {
    case 'message':
      if (!enforcer.permits('message', envelope.path, 'WRITE')) throw new MessageSendNotAllowed(thingId);
      break;
    case 'event':
      if (!enforcer.permits('thing', envelope.path, 'WRITE')) throw new LiveEventNotAllowed(thingId);
      break;
    case 'command':
      checkCommand(signal, enforcer);
  }
}

/** Who may do nothing on the live channel of a thing has no business to answer. @throws MessageSendNotAllowed */
export function checkAnswer({ thingId }: Pick<LiveAnswer, 'thingId'>, { enforcer }: AccessedThing): void {
  const may = (['message', 'thing'] as const).some((type) =>
    (['READ', 'WRITE'] as const).some((permission) => enforcer.permitsPartially(type, [], permission)),
  );
  if (!may) throw new MessageSendNotAllowed(thingId);
}

/** Answers to a retrieve: a device may say more than the caller may read. */
export function readableAnswers(received: Acknowledged, { enforcer }: AccessedThing): Acknowledged {
  return new Map(
    [...received].map(([label, answer]) => {
      const { kind, envelope } = answer;
      if (label !== LIVE_RESPONSE || kind !== 'response' || !isJsonObject(envelope.value)) return [label, answer];
      const value = enforcer.viewAt(envelope.path, envelope.value) ?? {};
      return [label, { ...answer, envelope: { ...envelope, value } }];
    }),
  );
}

/** As for a command to the twin. */
function checkCommand({ thingId, envelope: { topic, path, value = null } }: LiveSignal, enforcer: Enforcer): void {
  const resource = thingResources[thingResourceAt(path)];
  const action = 'action' in topic ? topic.action : undefined;
  if (action === 'retrieve') {
    if (enforcer.permitsPartially('thing', path, 'READ')) return;
    throw path.length === 0 ? new ThingNotAccessible(thingId) : new resource.notFound(thingId, formatPointer(path));
  }
  const allowed = action === 'merge' ? enforcer.permitsPatch(path, value) : enforcer.permits('thing', path, 'WRITE');
  if (allowed) return;
  if (action === 'delete' && path.length === 0) throw new ThingNotDeletable(thingId);
  throw new resource.notModifiable(thingId, formatPointer(path));
}
