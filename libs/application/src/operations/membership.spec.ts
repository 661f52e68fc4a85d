import { MemoryPresences, VirtualTimers } from '@gemel/testkit/memory';
import { leafStatus } from '@gemel/model/operations';
import { Membership } from './index.js';
import { StoreUnavailable } from '../ports/index.js';
import type { PresenceBoard } from '../ports/index.js';

const ignore = (): void => undefined;
const log = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function aMembership(instance: string, board: PresenceBoard) {
  const timers = new VirtualTimers();
  const clock = { now: () => timers.now() };
  const self = () =>
    Promise.resolve({ instance, roles: ['things'], status: { instance }, health: leafStatus('store', 'UP') });
  return { membership: new Membership({ self, board, clock, timers, log }), timers };
}

const namesIn = async ({ membership }: ReturnType<typeof aMembership>): Promise<readonly string[]> =>
  (await membership.members()).map(({ instance }) => instance);

describe('Membership', () => {
  it('shows a process to the others while it is there', async () => {
    const board = new MemoryPresences();
    const [a, b] = [aMembership('a', board), aMembership('b', board)];
    const announced = b.membership.announce();
    await b.timers.advance(0);
    expect(await namesIn(a)).toEqual(['a', 'b']);
    expect(await namesIn(b)).toEqual(['b']);
    await announced.stop();
    expect(await namesIn(a)).toEqual(['a']);
  });

  it('forgets one that says nothing any more, and takes its note away', async () => {
    const board = new MemoryPresences();
    await board.leave({ instance: 'dead', at: 0, says: { roles: ['things'], status: {}, health: { status: 'UP' } } });
    const alive = aMembership('alive', board);
    const announced = alive.membership.announce();
    await alive.timers.advance(15_000);
    expect(await namesIn(alive)).toEqual(['alive', 'dead']);
    await alive.timers.advance(10_000);
    expect(await namesIn(alive)).toEqual(['alive']);
    expect((await board.notes()).map(({ instance }) => instance)).toEqual(['alive']);
    await announced.stop();
  });

  it('goes on when the board is away', async () => {
    const board = new MemoryPresences();
    let isAway = true;
    const leave = board.leave.bind(board);
    board.leave = (note) => (isAway ? Promise.reject(new StoreUnavailable('it is away')) : leave(note));
    const notes = board.notes.bind(board);
    board.notes = () => (isAway ? Promise.reject(new StoreUnavailable('it is away')) : notes());
    const one = aMembership('one', board);
    const announced = one.membership.announce();
    await one.timers.advance(5_000);
    expect(await namesIn(one)).toEqual(['one']);
    isAway = false;
    await one.timers.advance(5_000);
    expect(await board.notes()).toHaveLength(1);
    await announced.stop();
  });
});
