import { OneAtATime, StrictStructure, createComposition } from '@gemel/application/composition';
import type { Composition } from '@gemel/application/composition';
import { createJobs } from '@gemel/application/jobs';
import type { Jobs, JobsParts } from '@gemel/application/jobs';
import { PolicyListing, createPolicies } from '@gemel/application/policies';
import type {
  EventLog,
  PolicyDirectory,
  RecordStore,
  StateArchive,
  StateStore,
  ThingSearch,
} from '@gemel/application/ports';
import { QueryWatch, SearchService } from '@gemel/application/search';
import type { SignalContext } from '@gemel/application/signals';
import { createThingService } from '@gemel/application/things';
import type { ThingService } from '@gemel/application/things';
import { TypeAccess } from '@gemel/application/type-versions';
import { createTypes } from '@gemel/application/types';
import { parseThingId } from '@gemel/model/ids';
import type { JsonObject, JsonPointer, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { liveThing } from '@gemel/model/things';
import { aPolicy } from '../builders/index.js';
import { MemoryRecords, MemorySearch, MemoryStore } from '../memory/index.js';

/** Composition on the real services and any store; `example:policy`, `example:shared`, `example:readonly` and `example:links` are there. */
export interface ComposedOn extends Composition {
  /** The things API, past the composition. */
  readonly things: ThingService;
  /** Lists policies. */
  readonly listing: PolicyListing;
  /** A caller with every right. */
  readonly owner: SignalContext;
  /** A caller with every right under `example:shared`, who may read under `example:readonly`, and parents under `example:links`. */
  readonly stranger: SignalContext;
  /** Jobs on the same things: of a process of its own, each time. */
  openJobs(records: RecordStore, other?: Partial<Pick<JobsParts, 'things' | 'limits' | 'clock'>>): Jobs;
  /** A write past the composition, as anybody may do through the things API. */
  write(id: string, path: JsonPointer, value: JsonValue): Promise<void>;
}

/** The same on a memory store, which tells at once what it holds. */
export interface OpenComposition extends ComposedOn {
  /** What is stored, whoever may read it. */
  stored(id: string): JsonObject | undefined;
  /** Ids of all things. */
  ids(): readonly string[];
  /** The ids that each commit changed, oldest first. */
  commits(): readonly (readonly string[])[];
}

/** Where a composition is kept. */
export interface CompositionStores {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly search: ThingSearch;
  readonly archive: StateArchive;
  readonly directory: PolicyDirectory;
}

const ignore = (): void => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const EVERYTHING = { 'thing:/': ['READ', 'WRITE'], 'policy:/': ['READ'] } as const;
const LINKS = { 'thing:/attributes/_parents': ['READ'] } as const;
const READING = { 'thing:/': ['READ'], 'policy:/': ['READ'] } as const;

/** @param strict whether writes past the composition are held to it, too */
export async function openComposition({ strict = false } = {}): Promise<OpenComposition> {
  const store = new RecordingStore();
  const { archive, directory } = store;
  const search = new MemorySearch(store);
  const composed = await composeOn({ log: store, states: store, search, archive, directory }, { strict });
  return {
    ...composed,
    stored: (id) =>
      store
        .things()
        .map(liveThing)
        .find((thing) => thing?.thingId === id),
    ids: () =>
      store
        .things()
        .flatMap((state) => liveThing(state)?.thingId ?? [])
        .toSorted(),
    commits: () => store.commits,
  };
}

/** On stores that are empty. @param strict as of `openComposition` */
export async function composeOn(
  { log, states, search: index, archive, directory }: CompositionStores,
  { strict = false } = {},
): Promise<ComposedOn> {
  const clock = { now: () => 0 };
  const { enforcers, creation, service: policies } = createPolicies({ log, states, clock });
  const turns = new OneAtATime(log);
  const types = createTypes({ records: new MemoryRecords(), clock });
  const { catalog } = types;
  const things = createThingService({
    conformance: types.conformance,
    structure: strict ? new StrictStructure({ states, index, turns }) : undefined,
    ...{ log, states, archive, enforcers, clock },
    policyCreation: creation,
    maxThingBytes: 102_400,
  });
  const owner = callerOf('test:owner');
  const stranger = callerOf('test:stranger');
  for (const policy of [
    aPolicy(),
    aPolicy({ stranger: { subjects: ['test:stranger'], grant: EVERYTHING } }, 'example:shared'),
    aPolicy({ stranger: { subjects: ['test:stranger'], grant: READING } }, 'example:readonly'),
    aPolicy({ stranger: { subjects: ['test:stranger'], grant: LINKS } }, 'example:links'),
  ]) {
    const created = await creation.create(policy, owner);
    if (created !== undefined) await log.append([created.change]);
  }
  const search = new SearchService(index, enforcers, new QueryWatch(clock, SILENT));
  let last = 0;
  const ids = { uuid: () => `00000000-0000-4000-8000-${String(++last).padStart(12, '0')}` };
  return {
    ...createComposition({ things, search, states, log, ids, templates: types.templates }, turns),
    things,
    listing: new PolicyListing({ directory, states, enforcers, clock }),
    owner,
    stranger,
    openJobs: (records, other = {}) =>
      createJobs({
        ...{ records, search, policies, catalog, turns, clock, ids, logger: SILENT, things, states, log },
        access: new TypeAccess(states, enforcers),
        ...other,
      }),
    write: async (id, path, value) => {
      await things.execute({ kind: 'modify', thingId: parseThingId(id), path, value }, owner);
    },
  };
}

class RecordingStore extends MemoryStore {
  readonly commits: (readonly string[])[] = [];

  override async append(...[changes, guard]: Parameters<MemoryStore['append']>): Promise<void> {
    await super.append(changes, guard);
    this.commits.push(changes.map(({ event }) => event.id));
  }
}

function callerOf(subject: string): SignalContext {
  return { subjects: [parseSubjectId(subject)], headers: {} };
}
