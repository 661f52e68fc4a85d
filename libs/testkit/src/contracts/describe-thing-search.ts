import type { ThingQuery } from '@gemel/application/ports';
import { parseCriteria } from '@gemel/model/rql';
import type { Thing, ThingState } from '@gemel/model/things';
import { thingChange, thingDeletion } from './changes.js';
import type { OpenedStore } from './opened-store.js';
import { IN_ORDER, asc, desc, readable, searchQuestions, withoutSecret } from './search-questions.js';
import { searchesByChance } from './searches-by-chance.js';

/** What every thing search promises. */
export function describeThingSearch(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as a thing search`, () => {
    let opened: OpenedStore;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(async () => {
      await opened.close();
    });

    const questions = searchQuestions(() => opened);
    const { store, find, ids, having, count } = questions;

    it('finds nothing in an empty store', async () => {
      expect([await ids({}), await count({})]).toEqual([[], 0]);
    });

    it('gives the state, the view and the sort values of each match', async () => {
      await store({ 'a:x': { secret: 1, n: 2 } });
      const [match] = await find({ view: withoutSecret, sort: [asc('attributes/n'), desc('attributes/secret')] });
      const { state } = thingChange('a:x', 1, { secret: 1, n: 2 });
      expect(match).toEqual({ state, thing: withoutSecret(state), sortValues: [2, null, 'a:x'] });
    });

    it('orders by thing id when nothing else is asked', async () => {
      await store({ 'b:a': {}, 'a:b': {}, 'a:B': {}, 'a:a': {} });
      expect(await ids({})).toEqual(['a:B', 'a:a', 'a:b', 'b:a']);
    });

    it('matches what the criteria mean', async () => {
      await store({ 'a:1': { n: 1, list: [1, 'b'] }, 'a:2': { n: '1' }, 'a:3': { n: null }, 'a:4': {} });
      expect(await having('eq(attributes/n,1)')).toEqual(['a:1']);
      expect(await having('ne(attributes/n,1)')).toEqual(['a:2', 'a:3']);
      expect(await having('not(eq(attributes/n,1))')).toEqual(['a:2', 'a:3', 'a:4']);
      expect(await having('exists(attributes/n)')).toEqual(['a:1', 'a:2', 'a:3']);
      expect(await having('eq(attributes/list,"b")')).toEqual(['a:1']);
      expect(await having('and(like(thingId,"a:*"),eq(_revision,1),eq(_namespace,"a"))')).toHaveLength(4);
      expect(await count({ criteria: parseCriteria('or(eq(attributes/n,1),eq(attributes/n,null))') })).toBe(2);
    });

    it('finds things of a kind, whatever is seen of them', async () => {
      const type = { _isType: true, n: 1 };
      await store({ 'a:type': type, 'a:twin': { n: 1 }, 'b:type': { ...type, n: 2 }, 'b:twin': { _isType: 'no' } });
      const view = ({ thing }: ThingState): Thing => ({ ...thing, attributes: { seen: 1 } });
      expect(await ids({ kind: 'type', view })).toEqual(['a:type', 'b:type']);
      expect(await ids({ kind: 'twin', view })).toEqual(['a:twin', 'b:twin']);
      expect(await count({ kind: 'type', view, namespaces: ['b'] })).toBe(1);
      expect(await having('eq(attributes/n,1)', { kind: 'type' })).toEqual(['a:type']);
      expect(await having('eq(attributes/n,1)', { kind: 'twin' })).toEqual(['a:twin']);
      expect(await having('exists(attributes/n)', { kind: 'type', view })).toEqual([]);
      expect(await ids({ kind: 'type', view, sort: [desc('thingId')] })).toEqual(['b:type', 'a:type']);
    });

    it('visits what it counts, each once', async () => {
      await store({ 'a:1': { n: 1 }, 'a:2': { n: 2 }, 'b:3': { n: 3, secret: 1 }, 'b:4': {} });
      const visited = async (query: Partial<ThingQuery>) => {
        const found: (readonly [id: string, thing: Thing])[] = [];
        await opened.search.visit({ view: readable, ...query }, ({ state, thing }) => {
          found.push([state.thing.thingId, thing]);
        });
        expect(await count(query)).toBe(found.length);
        return found.toSorted(([a], [b]) => (a < b ? -1 : 1));
      };
      expect((await visited({})).map(([id]) => id)).toEqual(['a:1', 'a:2', 'b:3', 'b:4']);
      const criteria = parseCriteria('gt(attributes/n,1)');
      const { state } = thingChange('b:3', 1, { n: 3 });
      expect(await visited({ criteria, namespaces: ['b'], view: withoutSecret })).toEqual([['b:3', state.thing]]);
      expect(await visited({ criteria: parseCriteria('in(thingId,"a:1","b:4","c:0")') })).toHaveLength(2);
      expect(await visited({ view: () => undefined })).toEqual([]);
    });

    describe('with a view', () => {
      beforeEach(() => store({ 'a:1': { secret: 2, n: 1 }, 'a:2': { secret: 1, n: 1 }, 'b:3': { n: 2 } }));

      it('never matches a field that cannot be read', async () => {
        const view = withoutSecret;
        for (const rql of ['eq(attributes/secret,1)', 'ge(attributes/secret,0)', 'exists(attributes/secret)']) {
          expect([await having(rql, { view }), await having(`and(eq(thingId,"a:2"),${rql})`, { view })]).toEqual([
            [],
            [],
          ]);
          expect(await count({ criteria: parseCriteria(rql), view })).toBe(0);
        }
        expect(await having('not(exists(attributes/secret))', { view })).toEqual(['a:1', 'a:2', 'b:3']);
      });

      it('does not sort by a field that cannot be read', async () => {
        const sort = [asc('attributes/secret')];
        expect(await ids({ sort })).toEqual(['b:3', 'a:2', 'a:1']);
        expect(await ids({ sort, view: withoutSecret })).toEqual(['a:1', 'a:2', 'b:3']);
      });

      it('leaves out things without anything to read, in a promise or not', async () => {
        const onlyB = (state: ThingState) => (state.thing.thingId.startsWith('b:') ? state.thing : undefined);
        for (const view of [onlyB, (state: ThingState) => Promise.resolve(onlyB(state))]) {
          expect([await ids({ view }), await count({ view })]).toEqual([['b:3'], 1]);
          expect(await having('in(thingId,"a:1","b:3")', { view })).toEqual(['b:3']);
        }
      });

      it('fails when the view fails', async () => {
        const view = () => Promise.reject(new Error('no policy'));
        await expect(find({ view })).rejects.toThrow('no policy');
        await expect(count({ view })).rejects.toThrow('no policy');
      });
    });

    it('keeps to namespaces, exactly', async () => {
      await store({ 'a:x': { n: 1 }, 'a.b:x': { n: 1 }, 'b:x': { n: 2 }, 'A:x': { n: 1 } });
      expect(await ids({ namespaces: ['a'] })).toEqual(['a:x']);
      expect(await ids({ namespaces: ['a', 'b', 'c'] })).toEqual(['a:x', 'b:x']);
      expect(await ids({ namespaces: [] })).toEqual([]);
      expect(await having('eq(attributes/n,1)', { namespaces: ['b', 'a.b'] })).toEqual(['a.b:x']);
      expect(await having('eq(thingId,"a:x")', { namespaces: ['b'] })).toEqual([]);
      expect(await count({ namespaces: ['a', 'A'] })).toBe(2);
    });

    it('never finds deleted things, and finds them again after their re-creation', async () => {
      await store({ 'a:x': {}, 'a:y': {} });
      await opened.log.append([thingDeletion('a:x', 2)]);
      expect([await ids({}), await count({}), await having('eq(thingId,"a:x")')]).toEqual([['a:y'], 1, []]);
      await opened.log.append([thingChange('a:x', 3)]);
      expect([await ids({}), await having('eq(thingId,"a:x")')]).toEqual([['a:x', 'a:y'], ['a:x']]);
    });

    it('sees every append whose promise has resolved', async () => {
      for (let revision = 1; revision <= 20; revision += 1) {
        await opened.log.append([
          thingChange('a:x', revision, { n: revision }),
          thingChange(`b:${String(revision)}`, 1),
        ]);
        expect(await having(`eq(attributes/n,${String(revision)})`)).toEqual(['a:x']);
        expect(await count({ namespaces: ['b'] })).toBe(revision);
      }
      opened = await opened.reopen();
      expect([await having('eq(attributes/n,20)'), await count({})]).toEqual([['a:x'], 21]);
    });

    it('finds by thing id what it finds by looking at everything', async () => {
      await store({ 'a:1': { n: 1 }, 'a:2': { n: 2 }, 'a:3': { n: 1 } });
      const named = ['"a:1"', '"a:3"', '"a:none"', '"A:1"', '"a:1"', '""', '1', 'null', 'true'];
      const list = named.join(',');
      for (const value of named) {
        expect(await having(`eq(thingId,${value})`)).toEqual(await having(`not(not(eq(thingId,${value})))`));
      }
      for (const rql of [
        `in(thingId,${list})`,
        `and(in(thingId,${list}),eq(attributes/n,1))`,
        `and(eq(attributes/n,2),in(thingId,${list}))`,
        'and(eq(thingId,"a:1"),eq(thingId,"a:2"))',
        'or(eq(thingId,"a:1"),eq(attributes/n,2))',
        'not(eq(thingId,"a:1"))',
        'and(or(eq(thingId,"a:1"),eq(thingId,"a:2")),eq(attributes/n,2))',
      ]) {
        const criteria = parseCriteria(`not(not(${rql}))`);
        expect([rql, await having(rql), await count({ criteria: parseCriteria(rql) })]).toEqual([
          rql,
          await ids({ criteria }),
          await count({ criteria }),
        ]);
        expect(await having(rql, { sort: [desc('thingId')], limit: 1 })).toEqual(
          await ids({ criteria, sort: [desc('thingId')], limit: 1 }),
        );
      }
    });

    describe('sorted', () => {
      const thingOf = (index: number) => `a:${String(index).padStart(2, '0')}`;
      const all = [...IN_ORDER.keys()];

      beforeEach(() =>
        store({
          'a:99': {},
          ...Object.fromEntries(IN_ORDER.map((x, index) => [thingOf(index), { x }] as const).toReversed()),
        }),
      );

      it('has null and absent first, then numbers, strings by code point, booleans, arrays and objects', async () => {
        expect(await ids({ sort: [asc('attributes/x')] })).toEqual([thingOf(0), 'a:99', ...all.slice(1).map(thingOf)]);
      });

      it('has them the other way round, things of equal values by id still', async () => {
        const [array = 0, object = 0] = all.slice(-2);
        expect(await ids({ sort: [desc('attributes/x')] })).toEqual([
          ...[array, object, ...all.slice(1, -2).toReversed(), 0].map(thingOf),
          'a:99',
        ]);
      });

      it('takes a page from an offset', async () => {
        const sort = [asc('attributes/x')];
        const whole = await ids({ sort });
        expect(await ids({ sort, offset: 3, limit: 4 })).toEqual(whole.slice(3, 7));
        expect(await ids({ sort, offset: whole.length - 1, limit: 4 })).toEqual(whole.slice(-1));
        expect(await ids({ sort, offset: whole.length, limit: 4 })).toEqual([]);
      });

      it('sorts by hidden members', async () => {
        await opened.log.append([thingChange('a:99', 2)]);
        expect(await ids({ sort: [desc('_revision')], limit: 2 })).toEqual(['a:99', 'a:00']);
        expect(await ids({ sort: [desc('_modified')], limit: 1 })).toEqual(['a:99']);
      });
    });

    searchesByChance(questions);

    it('answers while things are written', async () => {
      await store(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`a:${String(index)}`, { n: 0 }])));
      const writes = Array.from({ length: 100 }, (_, index) => [
        thingChange(`b:${String(index)}`, 1),
        thingChange(`a:${String(index)}`, 2, { n: 1 }),
      ]);
      const appends = writes.map((changes) => opened.log.append(changes));
      const during = await ids({ namespaces: ['a'], view: async (state) => Promise.resolve(state.thing) });
      await Promise.all(appends);
      expect(new Set(during).size).toBe(300);
      expect(during).toHaveLength(300);
      expect(await count({ criteria: parseCriteria('eq(attributes/n,1)') })).toBe(100);
    });
  });
}
