import { vi } from 'vitest';
import { StoreUnavailable } from '@gemel/application/ports';
import { mongo } from 'mongoose';
import { isDiskFull, isServerFault, isUnreached, isUnsent, unavailable } from './faults.js';
import { ANSWER_MS, Patience, Questions } from './questions.js';

const UNREACHED_MS = 2_000;
const network = () => new mongo.MongoNetworkError('connection 1 closed');
const answered = () => new mongo.MongoServerError({ message: 'deadlock' });
const unsent = () => Object.create(mongo.MongoServerSelectionError.prototype) as Error;
const inBulk = (error: Error) =>
  Object.assign(Object.create(mongo.MongoBulkWriteError.prototype) as Error, { errorResponse: error });

describe('faults', () => {
  it.each([
    ['a broken connection', network(), { unreached: true, unsent: false }],
    ['a broken connection under a bulk write', inBulk(network()), { unreached: true, unsent: false }],
    ['no server to ask', unsent(), { unreached: true, unsent: true }],
    ['no server to ask for a bulk write', inBulk(unsent()), { unreached: true, unsent: true }],
    ["a server's refusal", answered(), { unreached: false, unsent: false }],
    ["a server's refusal of a bulk write", inBulk(answered()), { unreached: false, unsent: false }],
  ])('tell %s from others', (_name, error, expected) => {
    expect(isServerFault(error)).toBe(true);
    expect({ unreached: isUnreached(error), unsent: isUnsent(error) }).toEqual(expected);
  });

  it.each([
    ['MongoDB', new mongo.MongoServerError({ message: 'available disk space is less than required', code: 14_031 })],
    ['FerretDB', new mongo.MongoServerError({ message: 'could not extend file "base/5/1": No space left on device' })],
    ['what it led to', unavailable(new mongo.MongoServerError({ message: 'x', code: 14_031 }))],
  ])('tell a full disk by %s, and that it is full', (_name, error) => {
    expect([isDiskFull(error), unavailable(error).message]).toEqual([true, expect.stringContaining('disk') as string]);
    expect([isDiskFull(answered()), unavailable(answered()).message]).not.toContain(expect.stringContaining('disk'));
  });

  it('are not what is wrong with us', () => {
    expect([isServerFault(new TypeError('x')), isUnreached(new TypeError('x'))]).toEqual([false, false]);
  });
});

describe('Questions', () => {
  let questions: Questions;
  let times: number;

  beforeEach(() => {
    vi.useFakeTimers();
    questions = new Questions(UNREACHED_MS);
    times = 0;
  });
  afterEach(() => vi.useRealTimers());

  /** Fails with these in turn, then answers. */
  const failing =
    (...errors: Error[]) =>
    () => {
      const error = errors[times];
      times += 1;
      return error === undefined ? Promise.resolve('answer') : Promise.reject(error);
    };
  const alwaysFailing = (error: () => Error) => () => {
    times += 1;
    return Promise.reject(error());
  };
  const never = () => {
    times += 1;
    return new Promise<string>(() => undefined);
  };
  /** An answer, or a fault, so many milliseconds later. */
  const later = (ms: number, how: string | Error) => {
    let end: () => void = () => undefined;
    const answer = new Promise<string>((resolve, reject) => {
      end = () => (how instanceof Error ? reject(how) : resolve(how));
    });
    setTimeout(() => end(), ms);
    return answer;
  };
  /** How it ended, and after how many milliseconds. */
  const outcome = async (asked: Promise<unknown>): Promise<{ value: unknown; ms: number }> => {
    const begun = performance.now();
    let ended: { value: unknown; ms: number } | undefined;
    const end = (value: unknown) => (ended = { value, ms: performance.now() - begun });
    void asked.then(end, end);
    while (ended === undefined) await vi.advanceTimersByTimeAsync(50);
    return ended;
  };

  it('wait for no answer longer than 15 seconds', async () => {
    const { value, ms } = await outcome(questions.asking(never));
    expect(value).toBeInstanceOf(StoreUnavailable);
    expect(ms).toBeGreaterThanOrEqual(ANSWER_MS);
    expect(ms).toBeLessThan(ANSWER_MS + 200);
  });

  it('are waited for as long as they are asked again, when that is longer', async () => {
    const { ms } = await outcome(questions.repeating(never, 60_000));
    expect(ms).toBeGreaterThanOrEqual(60_000);
    expect(ms).toBeLessThan(60_200);
  });

  it('are asked again through a short break', async () => {
    expect(await outcome(questions.asking(failing(network(), network())))).toMatchObject({ value: 'answer' });
    expect(times).toBe(3);
  });

  it('are given up when the server breaks every connection for a second', async () => {
    const { value, ms } = await outcome(questions.repeating(alwaysFailing(network)));
    expect(value).toBeInstanceOf(StoreUnavailable);
    expect(ms).toBeGreaterThanOrEqual(UNREACHED_MS / 2);
    expect(ms).toBeLessThan(UNREACHED_MS / 2 + 500);
  });

  it('are given up at once when the driver has waited for a server', async () => {
    const { value } = await outcome(questions.repeating(alwaysFailing(unsent)));
    expect(value).toBeInstanceOf(StoreUnavailable);
    expect(times).toBe(1);
  });

  it('are not asked again after a refusal, unless it is wished', async () => {
    expect((await outcome(questions.asking(failing(answered())))).value).toBeInstanceOf(StoreUnavailable);
    expect(times).toBe(1);
    times = 0;
    expect((await outcome(questions.repeating(failing(answered())))).value).toBe('answer');
    times = 0;
    const { ms } = await outcome(questions.repeating(alwaysFailing(answered)));
    expect(ms).toBeGreaterThan(10_000);
    expect(ms).toBeLessThan(10_500);
  });

  it('are asked no second time that may not be done twice', async () => {
    const { value } = await outcome(questions.once(failing(network())));
    expect(value).toBeInstanceOf(StoreUnavailable);
    expect(times).toBe(1);
  });

  it('tell an ID that is taken from a fault', async () => {
    const taken = new mongo.MongoServerError({ message: 'duplicate key', code: 11_000 });
    expect(await questions.inserting(failing(taken))).toBe(false);
    expect(await questions.inserting(failing(taken))).toBe(true);
    expect((await outcome(questions.inserting(alwaysFailing(network)))).value).toBeInstanceOf(StoreUnavailable);
    expect(times).toBe(3);
  });

  it('pass on at once what is no fault of the server', async () => {
    const fault = new TypeError('ours');
    expect(await outcome(questions.repeating(failing(fault)))).toMatchObject({ value: fault });
    expect(times).toBe(1);
  });

  it('are asked again soon when the connections broke under them', async () => {
    let answers = never;
    const asked = questions.asking(() => answers());
    answers = () => Promise.resolve('answer');
    questions.broke();
    const { value, ms } = await outcome(asked);
    expect(value).toBe('answer');
    expect(ms).toBeLessThan(1_000);
  });

  describe('after connections broke under them', () => {
    /** What happens to each try. */
    const inTurn =
      (...tries: (() => Promise<string>)[]) =>
      () =>
        (tries.shift() ?? never)();
    const broken = () => Promise.reject(network());

    it('wait for a server only as long as one who asks first', async () => {
      const noServer = () => later(UNREACHED_MS, unsent());
      const asked = outcome(questions.asking(inTurn(never, broken, broken, noServer)));
      questions.broke();
      const { value, ms } = await asked;
      expect(value).toBeInstanceOf(StoreUnavailable);
      // Half a second passes before they are asked again.
      expect(ms).toBeGreaterThanOrEqual(UNREACHED_MS + 500);
      expect(ms).toBeLessThan(UNREACHED_MS + 600);
    });

    it('wait for the answer when the server was heard since', async () => {
      const slowly = () => later(UNREACHED_MS * 3, 'answer');
      const asked = outcome(questions.asking(inTurn(never, slowly)));
      questions.broke();
      setTimeout(() => questions.reached(), UNREACHED_MS / 2);
      expect((await asked).value).toBe('answer');
    });
  });

  it('go on that began after the connections broke', async () => {
    questions.broke();
    const { ms } = await outcome(questions.asking(never));
    expect(ms).toBeGreaterThanOrEqual(ANSWER_MS);
  });
});

describe('Patience', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('begins anew when the server was reached', () => {
    const patience = new Patience({ unreachedMs: 2_000, deadlineMs: 10_000 });
    expect(patience.isOver(network())).toBe(false);
    vi.advanceTimersByTime(900);
    expect(patience.isOver(answered())).toBe(false);
    vi.advanceTimersByTime(900);
    expect(patience.isOver(network())).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(patience.isOver(network())).toBe(true);
  });

  it('ends at the deadline, whatever happens', () => {
    const patience = new Patience({ unreachedMs: 2_000, deadlineMs: 10_000 });
    vi.advanceTimersByTime(10_001);
    expect(patience.isOver()).toBe(true);
  });
});
