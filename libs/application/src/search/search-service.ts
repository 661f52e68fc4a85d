import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { FieldSelector, JsonObject, JsonValue } from '@gemel/model/json';
import type { Criteria, SearchSort } from '@gemel/model/rql';
import { ThingNotAccessible, liveThing } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { Meter, ThingMatch, ThingMemory, ThingPageQuery, ThingQuery, ThingSearch } from '../ports/index.js';
import { KnownRights } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { projectWithPolicy } from '../things/index.js';
import { formatCursor } from './cursor.js';
import type { QueryWatch } from './query-watch.js';
import { readSearchFilter, readSearchRequest } from './search-request.js';
import type { ReadRequest, Scope, SearchRequest } from './search-request.js';
import { Sight } from './sight.js';
import { planStream } from './search-stream.js';
import type { StreamPlan, StreamRequest, StreamedMatch } from './search-stream.js';

export interface SearchPage {
  readonly items: readonly JsonObject[];
  /** Absent on the last page, and with `limit(offset,count)`. */
  readonly cursor?: string;
  /** Where the next page begins, -1 on the last; only with neither `size` nor `cursor`, as in Ditto. */
  readonly nextPageOffset?: number;
}

type Asking = Pick<SignalContext, 'subjects'> & Partial<Pick<SignalContext, 'headers' | 'rights'>>;

const NO_NEXT_PAGE = -1;
/** Things that a stream reads at once. */
const PORTION = 200;

/** Finds the things that a caller may read. Predicates see readable content only; answers are never stale. */
export class SearchService {
  constructor(
    private readonly index: ThingSearch,
    private readonly enforcers: PolicyEnforcers,
    private readonly watch: QueryWatch,
    private readonly memory?: Pick<ThingMemory, 'recall'>,
  ) {}

  get meters(): readonly Meter[] {
    return this.watch.meters;
  }

  /** @throws RqlExpressionInvalid, SearchOptionInvalid, JsonPointerInvalid, QueryTimeExceeded */
  async search(request: SearchRequest, context: Asking): Promise<SearchPage> {
    const asked = readSearchRequest(request);
    const { size, sort, after, offset } = asked;
    const found = await this.watch.watch('query', asked, context, (proceed) =>
      // One more than asked tells whether there is a next page.
      this.index.find({
        ...this.#query({ ...within(request.scope, asked.criteria), namespaces: asked.namespaces }, context),
        ...{ proceed, sort, after, offset, limit: size + 1 },
      }),
    );
    // To Ditto's database 0 is no bound, and it asks for one more: limit(0,0) gives the first one and no next page.
    const page = size === 0 ? found : found.slice(0, size);
    const hasNext = page.length < found.length;
    const last = hasNext ? page.at(-1) : undefined;
    const { filter, namespaces } = asked;
    const cursor =
      last === undefined || offset !== undefined
        ? {}
        : { cursor: formatCursor({ filter, namespaces, sort, after: last.sortValues }) };
    const items = await this.#items(page, request.fields, context);
    return { items, ...offsetAfter(asked, hasNext), ...cursor };
  }

  /** Everything that matches, by thing id, for callers inside: one look at the index instead of one a page. */
  async all(scope: Scope, context: Asking): Promise<readonly JsonObject[]> {
    return (await this.matches(scope, context)).map((match) => match.thing);
  }

  /** As `all`, with the states. */
  matches(scope: Scope, context: Asking): Promise<readonly ThingMatch[]> {
    return this.index.find({ ...this.#query(scope, context), sort: [], limit: Number.MAX_SAFE_INTEGER });
  }

  /**
   * Tells what the caller may read of all that match, each once, in no order: for callers inside, of more things than can be
   * held at once.
   * @throws QueryTimeExceeded
   */
  visit(scope: Scope, tell: (thing: Thing) => void, context: Asking): Promise<void> {
    return this.watch.watch('query', {}, context, (proceed) =>
      this.index.visit({ ...this.#query(scope, context), proceed }, ({ thing }) => {
        tell(thing);
      }),
    );
  }

  /**
   * The readable ones of the things. Rights under the policies that they had when they were last seen are asked for together with
   * the things: two questions at the same time, where the store is far away.
   */
  named(ids: readonly ThingId[], context: Asking): Promise<readonly ThingMatch[]> {
    const rights = context.rights ?? new KnownRights();
    for (const id of ids) {
      const policyId = this.memory?.recall(id)?.thing.policyId;
      if (policyId !== undefined) void this.enforcers.rights(policyId, context.subjects, rights);
    }
    return this.matches({ criteria: { op: 'in', property: ['thingId'], values: ids } }, { ...context, rights });
  }

  /** How many match, whoever may read them; for callers inside. */
  countOfAll(scope: Scope): Promise<number> {
    return this.index.count({ ...scope, view: liveThing });
  }

  /**
   * Tells of all that match, whoever may read them; for callers inside.
   * @param proceed called now and then; what it throws ends it
   * @throws QueryTimeExceeded
   */
  visitAll(
    { kind, ...asked }: Pick<ReadRequest, 'filter' | 'criteria' | 'namespaces'> & Pick<Scope, 'kind'>,
    tell: (state: ThingState) => void,
    proceed: () => void,
  ): Promise<void> {
    return this.watch.watch('metric', asked, {}, (proceedInTime) => {
      const { criteria, namespaces } = asked;
      const both = () => {
        proceed();
        proceedInTime();
      };
      return this.index.visit({ kind, criteria, namespaces, view: liveThing, proceed: both }, ({ state }) => {
        tell(state);
      });
    });
  }

  /** @throws RqlExpressionInvalid, JsonPointerInvalid, QueryTimeExceeded */
  async count(request: Pick<SearchRequest, 'filter' | 'namespaces'>, context: Asking): Promise<number> {
    const asked = { ...request, criteria: readSearchFilter(request) };
    return this.watch.watch('count', asked, context, (proceed) =>
      this.index.count({ ...this.#query(asked, context), proceed }),
    );
  }

  /**
   * Everything that matches, portion by portion, each thing as it is when its portion is read.
   * @throws RqlExpressionInvalid, SearchOptionInvalid at once; the iteration throws those, ThingNotAccessible when the last
   *   thing is not there any more, and QueryTimeExceeded
   */
  stream(request: StreamRequest, context: Asking): AsyncIterable<readonly StreamedMatch[]> {
    return this.#portions(request, planStream(request), context);
  }

  async *#portions(request: StreamRequest, plan: StreamPlan, context: Asking): AsyncIterable<readonly StreamedMatch[]> {
    const { filter, scope, namespaces, fields, lastThingId = '' } = request;
    const { sort } = plan;
    const query = this.#query({ ...within(scope, plan.criteria()), namespaces }, context);
    let after = lastThingId === '' ? undefined : await this.#placeOf(lastThingId, sort, context);
    for (;;) {
      const found: readonly ThingMatch[] = await this.watch.watch(
        'stream',
        { filter, namespaces },
        context,
        (proceed) => this.index.find({ ...query, proceed, sort, after, limit: PORTION }),
      );
      const items = await this.#items(found, fields, context);
      yield found.map(({ thing }, index) => ({ thingId: thing.thingId, item: items[index] ?? {} }));
      if (found.length < PORTION) return;
      after = found.at(-1)?.sortValues;
    }
  }

  /** Where a thing is in an order. @throws ThingNotAccessible, ThingIdInvalid */
  async #placeOf(lastThingId: string, sort: readonly SearchSort[], context: Asking): Promise<readonly JsonValue[]> {
    const thingId = parseThingId(lastThingId);
    const criteria: Criteria = { op: 'eq', property: ['thingId'], value: thingId };
    const [last] = await this.index.find({
      criteria,
      view: new Sight(this.enforcers, context.subjects).view,
      sort,
      limit: 1,
    });
    if (last === undefined) throw new ThingNotAccessible(thingId);
    return last.sortValues;
  }

  #items(
    found: readonly ThingMatch[],
    fields: FieldSelector | undefined,
    { subjects }: Asking,
  ): Promise<readonly JsonObject[]> {
    const reader = { enforcers: this.enforcers, subjects };
    return Promise.all(found.map(({ thing, state }) => projectWithPolicy(thing, state, fields, reader)));
  }

  #query(
    { kind, criteria, namespaces }: Pick<ThingQuery, 'kind' | 'criteria' | 'namespaces'>,
    { subjects, rights }: Asking,
  ): ThingQuery & Pick<ThingPageQuery, 'seesWholly'> {
    const { view, seesWholly } = new Sight(this.enforcers, subjects, rights);
    return { kind, criteria, namespaces, view, seesWholly };
  }
}

function within(scope: Scope | undefined, criteria: Criteria | undefined): Scope {
  if (scope?.criteria === undefined) return { kind: scope?.kind, criteria };
  if (criteria === undefined) return scope;
  return { kind: scope.kind, criteria: { op: 'and', operands: [scope.criteria, criteria] } };
}

function offsetAfter(
  { isSized, offset, after, size }: ReadRequest,
  hasNext: boolean,
): Pick<SearchPage, 'nextPageOffset'> {
  if (after !== undefined || (isSized && offset === undefined)) return {};
  return { nextPageOffset: hasNext ? (offset ?? 0) + size : NO_NEXT_PAGE };
}
