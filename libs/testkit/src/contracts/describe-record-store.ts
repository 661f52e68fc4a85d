import type { RecordStore } from '@gemel/application/ports';
import type { JsonValue } from '@gemel/model/json';

/** A store of records for one test, empty. */
export interface OpenedRecords {
  readonly records: RecordStore;
  /** The same records as another replica, or this process after a restart, sees them. */
  others(): Promise<RecordStore>;
  close(): Promise<void>;
}

const ODD: JsonValue = { $where: 'ä', 'a.b': [null, 1.5, true, ''], '\u0000': { '': {} } };

/** What every store of records promises. */
export function describeRecordStore(name: string, open: () => Promise<OpenedRecords>): void {
  describe(`${name} as a store of records`, () => {
    let opened: OpenedRecords;
    let records: RecordStore;

    beforeEach(async () => {
      opened = await open();
      ({ records } = opened);
    });

    afterEach(() => opened.close());

    const keys = async (query: Partial<Parameters<RecordStore['records']>[1]> = {}) =>
      (await records.records('job', { prefix: '', limit: 100, ...query })).map(({ key }) => key);

    it('inserts a record once, whoever was first', async () => {
      expect(await records.record('job', 'a')).toBeUndefined();
      expect(await records.insertRecord('job', 'a', ODD)).toBe(true);
      expect(await records.insertRecord('job', 'a', 2)).toBe(false);
      expect(await records.insertRecord('type-version', 'a', 3)).toBe(true);
      const others = await opened.others();
      expect(await others.record('job', 'a')).toEqual({ key: 'a', revision: 1, content: ODD });
      expect(await others.record('type-version', 'a')).toEqual({ key: 'a', revision: 1, content: 3 });
      const several = await Promise.all([1, 2, 3].map((content) => others.insertRecord('job', 'b', content)));
      expect(several.filter(Boolean)).toHaveLength(1);
    });

    it('replaces what it was compared with only', async () => {
      expect(await records.replaceRecord('job', 'a', 1, 1)).toBe(false);
      await records.insertRecord('job', 'a', 1);
      expect(await records.replaceRecord('job', 'a', 2, 2)).toBe(false);
      expect(await records.replaceRecord('job', 'a', 1, 2)).toBe(true);
      expect(await records.replaceRecord('job', 'a', 1, 3)).toBe(false);
      expect(await records.record('job', 'a')).toEqual({ key: 'a', revision: 2, content: 2 });
      const race = await Promise.all([7, 8, 9].map((content) => records.replaceRecord('job', 'a', 2, content)));
      expect(race.filter(Boolean)).toHaveLength(1);
    });

    it('lists by key, page by page', async () => {
      const all = ['a', 'a/1', 'a/10', 'a/2', 'b:x@1.0.0', 'c\u{FFFD}', 'c\u{1F697}'];
      for (const key of [...all].reverse()) await records.insertRecord('job', key, key);
      await records.insertRecord('job-part', 'a/3', 1);
      expect(await keys()).toEqual(all);
      expect(await keys({ prefix: 'a/' })).toEqual(['a/1', 'a/10', 'a/2']);
      expect(await keys({ prefix: 'a/', after: 'a/1', limit: 1 })).toEqual(['a/10']);
      expect(await keys({ after: 'b' })).toEqual(all.slice(4));
      expect(await keys({ prefix: 'd' })).toEqual([]);
    });

    it('removes what is there', async () => {
      for (const key of ['a', 'b', 'c']) await records.insertRecord('job', key, 1);
      await records.removeRecords('job', ['a', 'c', 'never']);
      await records.removeRecords('job', []);
      expect(await keys()).toEqual(['b']);
      expect(await records.insertRecord('job', 'a', 2)).toBe(true);
      expect(await records.record('job', 'a')).toEqual({ key: 'a', revision: 1, content: 2 });
    });
  });
}
