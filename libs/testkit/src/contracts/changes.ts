import type { Change, EventLog, PolicyChange, Position, RecordedEvent, ThingChange } from '@gemel/application/ports';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { evolve } from '@gemel/model/things';

const POLICY_ID = parsePolicyId('example:policy');

/** A thing that gets new content at a revision; the first revision creates it. */
export function thingChange(id: string, revision: number, attributes: JsonObject = {}): ThingChange {
  const thingId = parseThingId(id);
  const event = {
    entity: 'thing',
    id: thingId,
    revision,
    timestamp: revision * 1_000,
    path: [],
    action: revision === 1 ? 'created' : 'modified',
    value: { thingId, policyId: POLICY_ID, attributes },
    headers: { 'correlation-id': `${id}#${String(revision)}` },
  } as const;
  return { entity: 'thing', event, state: { ...evolve(undefined, event), created: 1_000 } };
}

export function thingDeletion(id: string, revision: number): ThingChange {
  const { event, state } = thingChange(id, revision);
  const { value: _value, ...rest } = event;
  const deleted = { ...rest, action: 'deleted' } as const;
  return { entity: 'thing', event: deleted, state: evolve(state, deleted) };
}

export function policyChange(id: string, revision: number): PolicyChange {
  const policy = { policyId: parsePolicyId(id), imports: {}, entries: {} };
  const timestamp = revision * 1_000;
  return {
    entity: 'policy',
    event: {
      entity: 'policy',
      id: policy.policyId,
      revision,
      timestamp,
      path: [],
      action: revision === 1 ? 'created' : 'modified',
      value: policy,
      headers: {},
    },
    state: { policy, revision, created: 1_000, modified: timestamp, deleted: false },
  };
}

/** `id#revision` of each. */
export function namesOf(recorded: readonly RecordedEvent[]): readonly string[] {
  return recorded.map(({ event }) => `${event.id}#${String(event.revision)}`);
}

export function eventsOf(changes: readonly Change[]): readonly Change['event'][] {
  return changes.map(({ event }) => event);
}

/** Everything in a log, read in pieces of a size. */
export async function readAll(log: Pick<EventLog, 'read'>, limit = 7): Promise<readonly RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  let position: Position = 0;
  for (;;) {
    const piece = await log.read(position, limit);
    if (piece.length === 0) return all;
    all.push(...piece);
    position = piece.at(-1)?.position ?? position;
  }
}
