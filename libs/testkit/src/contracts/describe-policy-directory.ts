import type { DueQuery, PolicyChange, PolicyDirectory, PolicyDirectoryQuery } from '@gemel/application/ports';
import { parsePolicyId } from '@gemel/model/ids';
import { evolvePolicy, parsePolicy, parseSubjectId } from '@gemel/model/policies';
import type { OpenedStore } from './opened-store.js';

const CONTEXT = { caller: parseSubjectId('test:owner'), now: 0, expiryGranularity: 1 };
const ANY: PolicyDirectoryQuery = { prefix: '', direction: 'asc', limit: 100 };

interface Named {
  readonly subjects?: readonly string[];
  readonly imports?: Readonly<Record<string, object>>;
  /** Subjects with what is said of them. */
  readonly timed?: Readonly<Record<string, object>>;
}

function namingChange(id: string, revision: number, { subjects = [], imports = {}, timed = {} }: Named): PolicyChange {
  const policyId = parsePolicyId(id);
  const named = { ...Object.fromEntries(subjects.map((subject) => [subject, { type: 't' }])), ...timed };
  const content = JSON.parse(JSON.stringify({ imports, entries: { x: { subjects: named } } })) as object;
  const value = parsePolicy({ ...content }, policyId, CONTEXT);
  const action = revision === 1 ? 'created' : 'modified';
  const event = { entity: 'policy', id: policyId, revision, timestamp: revision, path: [], headers: {} } as const;
  const change = { ...event, action, value } as const;
  return { entity: 'policy', event: change, state: evolvePolicy(undefined, change) };
}

function deletion(id: string, revision: number): PolicyChange {
  const event = { entity: 'policy', id: parsePolicyId(id), revision, timestamp: revision, path: [] } as const;
  const change = { ...event, action: 'deleted', headers: {} } as const;
  return { entity: 'policy', event: change, state: evolvePolicy(undefined, change) };
}

/** What every directory of policies promises. */
export function describePolicyDirectory(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as a directory of policies`, () => {
    let opened: OpenedStore;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(async () => {
      await opened.close();
    });

    const put = (id: string, named: Named = {}, revision = 1) => opened.log.append([namingChange(id, revision, named)]);
    const find = async (query: Partial<PolicyDirectoryQuery> = {}) => {
      const states = await directory().find({ ...ANY, ...query });
      return states.map(({ policy }) => policy.policyId as string);
    };
    const directory = (): PolicyDirectory => opened.directory;

    it('has every policy in the order of the ids, page by page, both ways', async () => {
      expect(await find()).toEqual([]);
      const ids = ['a:1', 'a:10', 'a:2', 'b.c:x', 'b:x', 'c:\u{FFFD}', 'c:\u{1F697}'];
      for (const id of [...ids].reverse()) await put(id);
      expect(await find()).toEqual(ids);
      expect(await find({ limit: 2 })).toEqual(['a:1', 'a:10']);
      expect(await find({ after: 'a:10', limit: 2 })).toEqual(['a:2', 'b.c:x']);
      expect(await find({ after: 'a:1x' })).toEqual(ids.slice(2));
      expect(await find({ direction: 'desc' })).toEqual([...ids].reverse());
      expect(await find({ direction: 'desc', after: 'a:2' })).toEqual(['a:10', 'a:1']);
      expect(await find({ prefix: 'b' })).toEqual(['b.c:x', 'b:x']);
      expect(await find({ prefix: 'a:1', direction: 'desc', after: 'a:10' })).toEqual(['a:1']);
      expect(await find({ prefix: 'd' })).toEqual([]);
    });

    it('finds policies by the subjects and the imports that they name', async () => {
      await put('a:1', { subjects: ['x:1', 'x:2'] });
      await put('a:2', { subjects: ['x:2'], imports: { 'a:1': { transitiveImports: ['a:0'] } } });
      await put('a:3', { imports: { 'a:2': {} } });
      const naming = (subjects: readonly string[], ...imports: string[]) =>
        find({ naming: { subjects, imports: imports.map(parsePolicyId) } });
      expect(await naming(['x:2'])).toEqual(['a:1', 'a:2']);
      expect(await naming(['x:1', 'x:3'])).toEqual(['a:1']);
      expect(await naming([], 'a:0')).toEqual(['a:2']);
      expect(await naming(['x:1'], 'a:2')).toEqual(['a:1', 'a:3']);
      expect(await naming(['x:2', 'x:1'], 'a:1')).toEqual(['a:1', 'a:2']);
      expect(await naming([])).toEqual([]);
      expect(await naming(['a:0'])).toEqual([]);
      const page = { naming: { subjects: ['x:2'], imports: [] }, direction: 'desc', limit: 1 } as const;
      expect(await find(page)).toEqual(['a:2']);
      expect(await find({ ...page, after: 'a:2' })).toEqual(['a:1']);
      expect(await find({ ...page, prefix: 'b' })).toEqual([]);
      expect([...(await directory().imported(10))].sort()).toEqual(['a:0', 'a:1', 'a:2']);
      expect(await directory().imported(2)).toHaveLength(2);
    });

    it('follows changes and deletions, and still knows after a restart', async () => {
      const naming = { subjects: ['x:1'], imports: [parsePolicyId('b:1')] };
      await put('a:1', { subjects: ['x:1'], imports: { 'b:1': {} } });
      await put('a:2', { subjects: ['x:1'] });
      expect(await find({ naming })).toEqual(['a:1', 'a:2']);
      await put('a:1', { subjects: ['x:2'] }, 2);
      expect(await find({ naming })).toEqual(['a:2']);
      expect(await directory().imported(10)).toEqual([]);
      await opened.log.append([deletion('a:2', 2)]);
      expect(await find({ naming })).toEqual([]);
      expect(await find()).toEqual(['a:1']);
      opened = await opened.reopen();
      expect(await find({ naming: { subjects: ['x:2'], imports: [] } })).toEqual(['a:1']);
      await put('a:2', { subjects: ['x:1'] }, 3);
      expect(await find()).toEqual(['a:1', 'a:2']);
    });

    it('finds policies in which something is due, in the order of their times, page by page', async () => {
      const at = (seconds: number) => ({ type: 't', expiry: new Date(seconds * 1_000).toISOString() });
      const announced = { ...at(3_700), announcement: { beforeExpiry: '1h', randomizationInterval: '0s' } };
      await put('a:late', { timed: { 'x:1': at(200), 'x:2': at(300) } });
      await put('a:soon', { timed: { 'x:1': { type: 't' }, 'x:2': at(50) } });
      await put('a:never', { subjects: ['x:1'] });
      await put('b:late', { timed: { 'x:1': at(200) } });
      await put('a:told', { timed: { 'x:1': announced } });
      const due = async (seconds: number, query: Partial<DueQuery> = {}) =>
        (await directory().due({ by: seconds * 1_000, limit: 10, ...query })).map(
          ({ policy }) => policy.policyId as string,
        );
      expect(await due(49)).toEqual([]);
      expect(await due(50)).toEqual(['a:soon']);
      expect(await due(100)).toEqual(['a:soon', 'a:told']);
      expect(await due(500)).toEqual(['a:soon', 'a:told', 'a:late', 'b:late']);
      const after = { due: 200_000, id: parsePolicyId('a:late') };
      expect(await due(500, { limit: 3 })).toEqual(['a:soon', 'a:told', 'a:late']);
      expect(await due(500, { after })).toEqual(['b:late']);
      await put('a:soon', { timed: { 'x:2': at(900) } }, 2);
      await put('b:late', { subjects: ['x:1'] }, 2);
      await opened.log.append([deletion('a:told', 2)]);
      expect(await due(500)).toEqual(['a:late']);
      opened = await opened.reopen();
      expect(await due(900)).toEqual(['a:late', 'a:soon']);
    });

    it('gives the last states', async () => {
      await put('a:1', { subjects: ['x:1'] });
      await put('a:1', { subjects: ['x:1', 'x:2'] }, 2);
      const [state] = await directory().find(ANY);
      expect(state).toEqual(namingChange('a:1', 2, { subjects: ['x:1', 'x:2'] }).state);
    });
  });
}
