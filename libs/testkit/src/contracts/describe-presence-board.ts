import type { PresenceBoard, PresenceRecord } from '@gemel/application/ports';

/** A board for one test, empty. */
export interface OpenedBoard {
  readonly board: PresenceBoard;
  /** The same notes as another replica sees them; may be the same object. */
  readonly others: PresenceBoard;
  close(): Promise<void>;
}

const note = (instance: string, at = 1): PresenceRecord => ({
  instance,
  at,
  says: { roles: ['things'], status: { 'total-memory': '12 MB', $where: 'ä', 'a.b': null } },
});

/** What every board of presences promises. */
export function describePresenceBoard(name: string, open: () => Promise<OpenedBoard>): void {
  describe(`${name} as a board of presences`, () => {
    let opened: OpenedBoard;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(() => opened.close());

    const sorted = async (): Promise<readonly PresenceRecord[]> =>
      (await opened.others.notes()).toSorted((a, b) => (a.instance < b.instance ? -1 : 1));

    it('is empty at first', async () => {
      expect(await sorted()).toEqual([]);
    });

    it('shows everybody what was left, the last note of each', async () => {
      await opened.board.leave(note('a', 1));
      await opened.others.leave(note('b', 2));
      await opened.board.leave(note('a', 3));
      expect(await sorted()).toEqual([note('a', 3), note('b', 2)]);
    });

    it('takes away what is asked, and minds nothing that is not there', async () => {
      for (const instance of ['a', 'b', 'c']) await opened.board.leave(note(instance));
      await opened.others.remove(['a', 'c', 'never']);
      await opened.board.remove([]);
      expect(await sorted()).toEqual([note('b')]);
    });
  });
}
