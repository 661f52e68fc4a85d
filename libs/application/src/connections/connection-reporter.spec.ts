import { MemoryConnections, VirtualTimers } from '@gemel/testkit/memory';
import type { ConnectionReport } from '../ports/index.js';
import { ConnectionReporter } from './connection-reporter.js';

const silent = () => undefined;

/** A process that has some connections open. */
class OpenConnections {
  readonly instance = 'here';
  looks = 0;
  #listener: () => void = silent;
  #reports: readonly ConnectionReport[] = [];

  reports(): readonly ConnectionReport[] {
    this.looks++;
    return this.#reports;
  }

  onChange(listener: () => void): () => void {
    this.#listener = listener;
    return () => (this.#listener = silent);
  }

  become(status: string, tells = true): void {
    this.#reports = [{ connectionId: 'cars', client: 0, instance: this.instance, at: 0, says: { status } }];
    if (tells) this.#listener();
  }
}

describe('the reporter of connections', () => {
  let runner: OpenConnections;
  let board: MemoryConnections;
  let timers: VirtualTimers;
  let stop: () => Promise<void>;
  let look: (connectionId: string) => void;

  const told = async () => (await board.reportsOf('cars')).map(({ says }) => says['status']);

  beforeEach(async () => {
    runner = new OpenConnections();
    board = new MemoryConnections();
    timers = new VirtualTimers();
    const log = { error: silent, warn: silent, info: silent, debug: silent };
    const onLook = (listener: typeof look) => {
      look = listener;
      return () => (look = silent);
    };
    const reporting = new ConnectionReporter({ runner, board, timers, log, onLook }).start();
    stop = () => reporting.stop();
    await timers.advance(100);
  });
  afterEach(() => stop());

  it('tells within a second what has come without a word', async () => {
    runner.become('open', false);
    await timers.advance(800);
    expect(await told()).toEqual([]);
    await timers.advance(200);
    expect(await told()).toEqual(['open']);
  });

  it('tells of a change at once, and soon of what comes of it', async () => {
    runner.become('opening');
    await timers.advance(50);
    expect(await told()).toEqual(['opening']);
    runner.become('open', false);
    await timers.advance(50);
    expect(await told()).toEqual(['open']);
  });

  it('tells soon what has come without a word when somebody looks, of what is open here', async () => {
    runner.become('open');
    await timers.advance(5_000);
    runner.become('failed', false);
    look('planes');
    await timers.advance(50);
    expect(await told()).toEqual(['open']);
    look('cars');
    await timers.advance(50);
    expect(await told()).toEqual(['failed']);
  });

  it('tells together what changes together, and comes to rest', async () => {
    for (let n = 0; n < 100; n++) runner.become(`change ${n}`);
    await timers.advance(50);
    expect(await told()).toEqual(['change 99']);
    await timers.advance(10_000);
    expect(runner.looks).toBeLessThan(20);
  });

  it('tells of a change that comes while it tells', async () => {
    const { postReports } = MemoryConnections.prototype;
    board.postReports = async (reports) => {
      board.postReports = postReports;
      await postReports.call(board, reports);
      runner.become('open');
    };
    runner.become('opening');
    await timers.advance(100);
    expect(await told()).toEqual(['open']);
  });

  it('takes back what it has told when it stops', async () => {
    runner.become('open');
    await timers.advance(50);
    await stop();
    expect(await told()).toEqual([]);
  });
});
