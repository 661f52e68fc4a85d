import type { LeaseRecord, LeaseStore } from '@gemel/application/ports';

/** A store of leases for one test, empty. */
export interface OpenedLeases {
  readonly leases: LeaseStore;
  /** The same records through another client, as another replica has it; may be the same object. */
  readonly others: LeaseStore;
  close(): Promise<void>;
}

const record = (holder: string, token = 1, beat = 0): LeaseRecord => ({ holder, token, beat });

/** What every store of leases promises. */
export function describeLeaseStore(name: string, open: () => Promise<OpenedLeases>): void {
  describe(`${name} as a store of leases`, () => {
    let opened: OpenedLeases;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(() => opened.close());

    it('knows nothing of a lease that nobody ever had', async () => {
      expect(await opened.leases.lease('relay')).toBeUndefined();
    });

    it('keeps what was put, for everybody to read', async () => {
      expect(await opened.leases.replaceLease('relay', undefined, record('a'))).toBe(true);
      expect(await opened.leases.lease('relay')).toEqual(record('a'));
      expect(await opened.others.lease('relay')).toEqual(record('a'));
    });

    it('expects none only when there is none', async () => {
      await opened.leases.replaceLease('relay', undefined, record('a'));
      expect(await opened.others.replaceLease('relay', undefined, record('b'))).toBe(false);
      expect(await opened.leases.lease('relay')).toEqual(record('a'));
    });

    it('replaces no record that was never put', async () => {
      expect(await opened.leases.replaceLease('relay', record('a'), record('b', 2))).toBe(false);
      expect(await opened.leases.lease('relay')).toBeUndefined();
    });

    it.each([record('b'), record('a', 2), record('a', 1, 1), record('')])(
      'leaves what it finds when %j was expected',
      async (expected) => {
        await opened.leases.replaceLease('relay', undefined, record('a'));
        expect(await opened.leases.replaceLease('relay', expected, record('c', 3))).toBe(false);
        expect(await opened.leases.lease('relay')).toEqual(record('a'));
      },
    );

    it('goes from record to record, given back ones too', async () => {
      const steps = [undefined, record('a'), record('a', 1, 1), record('', 1, 2), record('b', 2), record('a', 3)];
      for (const [index, next] of steps.entries()) {
        if (next !== undefined) {
          expect(await opened.leases.replaceLease('relay', steps[index - 1], next)).toBe(true);
        }
      }
      expect(await opened.others.lease('relay')).toEqual(record('a', 3));
    });

    it('keeps leases apart, whatever their names', async () => {
      const names = ['connection:a', 'connection:a:b', 'connection', 'Connection:a', 'connection:ä', '__proto__'];
      for (const [index, each] of names.entries()) {
        expect(await opened.leases.replaceLease(each, undefined, record(each, index + 1))).toBe(true);
      }
      for (const [index, each] of names.entries()) {
        expect(await opened.leases.lease(each)).toEqual(record(each, index + 1));
      }
    });

    it('lets one of many win who put the first record at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? opened.leases : opened.others).replaceLease('relay', undefined, record(`r${index}`)),
        ),
      );
      const winners = results.flatMap((won, index) => (won ? [`r${index}`] : []));
      expect(winners).toHaveLength(1);
      expect((await opened.leases.lease('relay'))?.holder).toBe(winners[0]);
    });

    it('lets one of many win who replace the same record at once, again and again', async () => {
      let current: LeaseRecord | undefined;
      for (let token = 1; token <= 10; token++) {
        const expected = current;
        const results = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            (index % 2 === 0 ? opened.leases : opened.others).replaceLease(
              'relay',
              expected,
              record(`r${index}`, token),
            ),
          ),
        );
        const winner = results.indexOf(true);
        expect(results.filter(Boolean)).toHaveLength(1);
        current = record(`r${winner}`, token);
        expect(await opened.others.lease('relay')).toEqual(current);
      }
    });
  });
}
