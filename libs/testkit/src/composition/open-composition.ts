import { OneAtATime, StrictStructure, createComposition } from '@gemel/application/composition';
import type { Composition } from '@gemel/application/composition';
import { createJobs } from '@gemel/application/jobs';
import type { Jobs, JobsParts } from '@gemel/application/jobs';
import { PolicyListing, createPolicies } from '@gemel/application/policies';
import type { RecordStore } from '@gemel/application/ports';
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

/** Composition on the real services and a memory store; `example:policy`, `example:shared` and `example:readonly` are there. */
export interface OpenComposition extends Composition {
  /** The things API, past the composition. */
  readonly things: ThingService;
  /** Lists policies. */
  readonly listing: PolicyListing;
  /** A caller with every right. */
  readonly owner: SignalContext;
  /** A caller with every right under `example:shared`, and who may read under `example:readonly`. */
  readonly stranger: SignalContext;
  /** What is stored, whoever may read it. */
  stored(id: string): JsonObject | undefined;
  /** Ids of all things. */
  ids(): readonly string[];
  /** The ids that each commit changed, oldest first. */
  commits(): readonly (readonly string[])[];
  /** The things API. */
  readonly api: Pick<ThingService, 'execute'>;
  /** Jobs on the same things: of a process of its own, each time. */
  openJobs(records: RecordStore, other?: Partial<Pick<JobsParts, 'things' | 'limits' | 'clock'>>): Jobs;
  /** A write past the composition, as anybody may do through the things API. */
  write(id: string, path: JsonPointer, value: JsonValue): Promise<void>;
}

const ignore = (): void => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const EVERYTHING = { 'thing:/': ['READ', 'WRITE'], 'policy:/': ['READ'] } as const;
const READING = { 'thing:/': ['READ'], 'policy:/': ['READ'] } as const;

/** @param strict whether writes past the composition are held to it, too */
export async function openComposition({ strict = false } = {}): Promise<OpenComposition> {
  const store = new RecordingStore();
  const clock = { now: () => 0 };
  const { enforcers, creation, service: policies } = createPolicies({ log: store, states: store, clock });
  const turns = new OneAtATime(store);
  const index = new MemorySearch(store);
  const types = createTypes({ records: new MemoryRecords(), clock });
  const { catalog } = types;
  const things = createThingService({
    conformance: types.conformance,
    structure: strict ? new StrictStructure({ states: store, index, turns }) : undefined,
    log: store,
    states: store,
    archive: store.archive,
    enforcers,
    policyCreation: creation,
    clock,
    maxThingBytes: 102_400,
  });
  const owner = callerOf('test:owner');
  const stranger = callerOf('test:stranger');
  for (const policy of [
    aPolicy(),
    aPolicy({ stranger: { subjects: ['test:stranger'], grant: EVERYTHING } }, 'example:shared'),
    aPolicy({ stranger: { subjects: ['test:stranger'], grant: READING } }, 'example:readonly'),
  ]) {
    const created = await creation.create(policy, owner);
    if (created !== undefined) await store.append([created.change]);
  }
  const search = new SearchService(index, enforcers, new QueryWatch(clock, SILENT));
  let last = 0;
  const ids = { uuid: () => `00000000-0000-4000-8000-${String(++last).padStart(12, '0')}` };
  return {
    ...createComposition({ things, search, states: store, log: store, ids, templates: types.templates }, turns),
    things,
    listing: new PolicyListing({ directory: store.directory, states: store, enforcers, clock }),
    owner,
    stranger,
    api: things,
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
    openJobs: (records, other = {}) =>
      createJobs({
        ...{
          records,
          search,
          policies,
          catalog,
          turns,
          clock,
          ids,
          logger: SILENT,
          things,
          states: store,
          log: store,
        },
        access: new TypeAccess(store, enforcers),
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
