import { createPolicies } from '@gemel/application/policies';
import type { PolicyService } from '@gemel/application/policies';
import { RevisionConflict, StoreUnavailable } from '@gemel/application/ports';
import type { Change } from '@gemel/application/ports';
import type { SignalContext } from '@gemel/application/signals';
import { createThingService } from '@gemel/application/things';
import type { ThingService } from '@gemel/application/things';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { ThingCommand } from '@gemel/model/things';
import { MemoryStore } from '../memory/index.js';

/** The thing that is there. */
export const thingId = parseThingId('example:car');
export const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: { 'correlation-id': 'c1' } };
export const reader: SignalContext = { subjects: [parseSubjectId('test:reader')], headers: {} };
export const stranger: SignalContext = { subjects: [parseSubjectId('test:stranger')], headers: {} };

/** Commits when told to, and can lose races and fail. */
class SlowStore extends MemoryStore {
  races = 0;
  failures = 0;
  /** What each append that was carried out held. */
  readonly commits: (readonly Change[])[] = [];
  #gate: Promise<void> = Promise.resolve();

  /** Appends wait until the function it returns is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** A commit of another replica, which waits for nothing. */
  commitElsewhere(changes: readonly Change[]): Promise<void> {
    return super.append(changes);
  }

  override async append(...[changes, guard]: Parameters<MemoryStore['append']>): Promise<void> {
    await this.#gate;
    if (this.failures-- > 0) throw new StoreUnavailable('the disk is full');
    if (this.races-- > 0) throw new RevisionConflict(thingId);
    await super.append(changes, guard);
    this.commits.push(changes);
  }
}

interface OpenedThings {
  readonly store: SlowStore;
  readonly things: ThingService;
  readonly policies: PolicyService;
}

/** Services on a store of their own. */
export function openThings(): OpenedThings {
  const store = new SlowStore();
  const clock = { now: () => 1_000 };
  const {
    enforcers,
    creation: policyCreation,
    service: policies,
  } = createPolicies({ log: store, states: store, clock });
  const things = createThingService({
    log: store,
    states: store,
    archive: store.archive,
    enforcers,
    policyCreation,
    clock,
    maxThingBytes: 2_000,
  });
  return { store, things, policies };
}

/** The same with a car of the owner's, of which the reader sees the colour. */
export async function openWithCar(): Promise<OpenedThings> {
  const opened = openThings();
  await opened.things.execute(
    put([], { attributes: { color: 'red', secret: 1 }, features: { gps: { properties: {} } } }),
    owner,
  );
  const read = {
    subjects: { 'test:reader': { type: 't' } },
    resources: { 'thing:/attributes/color': { grant: ['READ'], revoke: [] } },
  };
  const policyId = parsePolicyId(thingId);
  await opened.policies.execute({ kind: 'modify', policyId, path: ['entries', 'reader'], value: read }, owner);
  return opened;
}

export const put = (path: JsonPointer, value: JsonValue): ThingCommand => ({ kind: 'modify', thingId, path, value });
export const merge = (path: JsonPointer, value: JsonValue): ThingCommand => ({ kind: 'merge', thingId, path, value });
export const get = (path: JsonPointer = []): ThingCommand => ({ kind: 'retrieve', thingId, path });
export const remove = (path: JsonPointer = []): ThingCommand => ({ kind: 'delete', thingId, path });

/** The code of the refusal, or the outcome. */
export async function verdict(things: ThingService, command: ThingCommand, context: SignalContext): Promise<string> {
  return things.execute(command, context).then(
    ({ outcome }) => outcome,
    (error: unknown) => (error as { code: string }).code,
  );
}
