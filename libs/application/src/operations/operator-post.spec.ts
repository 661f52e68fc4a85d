import type { JsonObject } from '@gemel/model/json';
import type { ClusterMember } from '@gemel/model/operations';
import { leafStatus } from '@gemel/model/operations';
import { turns } from '@gemel/testkit/contracts';
import { MemoryRecords, VirtualTimers } from '@gemel/testkit/memory';
import { StoreUnavailable } from '../ports/index.js';
import { OperatorPost } from './index.js';

const ignore = (): void => undefined;
const log = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const QUESTION = { what: 'levels' };
const anybody = () => true;

/** Processes that answer with their name and the question. */
function open(names: readonly string[]) {
  const records = new MemoryRecords();
  const timers = new VirtualTimers();
  let id = 0;
  const members = (): Promise<readonly ClusterMember[]> =>
    Promise.resolve(
      names.map((instance) => ({ instance, roles: ['things'], status: {}, health: leafStatus('x', 'UP') })),
    );
  const posts = names.map((instance) => {
    const answer = (request: JsonObject): JsonObject => ({ instance, request });
    const ids = { uuid: () => String(++id) };
    return new OperatorPost({ instance, members, answer, records, clock: timers, timers, ids, log });
  });
  const left = async (): Promise<number> => {
    const counts = await Promise.all(
      (['operator-request', 'operator-answer'] as const).map((kind) => records.records(kind, { prefix: '', limit: 9 })),
    );
    return counts.flat().length;
  };
  /** Advances until the question is answered. */
  const settle = async <T>(asking: Promise<T>): Promise<T> => {
    const settled = new AbortController();
    const done = (): void => settled.abort();
    asking.then(done, done);
    for (let ms = 0; !settled.signal.aborted && ms < 20_000; ms += 100) {
      await timers.advance(100);
      await turns(10);
    }
    return asking;
  };
  return { posts, records, timers, left, settle };
}

describe('The post of operators', () => {
  it('brings a question to the others, and their answers back', async () => {
    const { posts, left, settle, timers } = open(['a', 'b', 'c']);
    const serving = posts.map((post) => post.serve());
    expect(await settle(posts[0]?.ask(anybody, QUESTION) ?? Promise.reject(new Error()))).toEqual([
      { instance: 'b', request: QUESTION },
      { instance: 'c', request: QUESTION },
    ]);
    expect(timers.now()).toBeLessThan(3_000);
    const onlyC = (member: ClusterMember) => member.instance === 'c';
    expect(await settle(posts[1]?.ask(onlyC, QUESTION) ?? Promise.reject(new Error()))).toEqual([
      { instance: 'c', request: QUESTION },
    ]);
    expect(await left()).toBe(0);
    await Promise.all(serving.map((each) => each.stop()));
  });

  it('asks nobody where nobody else is', async () => {
    const { posts } = open(['a']);
    expect(await posts[0]?.ask(anybody, QUESTION)).toEqual([]);
  });

  it('goes without who does not answer within ten seconds, and leaves nothing behind', async () => {
    const { posts, left, settle, timers } = open(['a', 'b', 'c']);
    const serving = posts[1]?.serve();
    expect(await settle(posts[0]?.ask(anybody, QUESTION) ?? Promise.reject(new Error()))).toEqual([
      { instance: 'b', request: QUESTION },
    ]);
    expect(timers.now()).toBeGreaterThanOrEqual(10_000);
    expect(await left()).toBe(0);
    await serving?.stop();
  });

  it('leaves questions alone that nobody waits for any more, and what is none', async () => {
    const { posts, records, timers } = open(['a', 'b']);
    await timers.advance(60_000);
    await records.insertRecord('operator-request', 'b\n1', { request: QUESTION, at: 40_000 });
    await records.insertRecord('operator-request', 'b\n2', { request: 7, at: 60_000 });
    await records.insertRecord('operator-request', 'b\n3', 'x');
    const serving = posts[1]?.serve();
    await turns(20);
    await timers.advance(1_000);
    await turns(20);
    expect(await records.records('operator-request', { prefix: '', limit: 9 })).toEqual([]);
    expect(await records.records('operator-answer', { prefix: '', limit: 9 })).toEqual([]);
    await serving?.stop();
  });

  it('goes on when the store is away', async () => {
    const { posts, records, settle } = open(['a', 'b']);
    const look = records.records.bind(records);
    let refusals = 2;
    records.records = (kind, query) =>
      refusals-- > 0 ? Promise.reject(new StoreUnavailable('it is away')) : look(kind, query);
    const serving = posts[1]?.serve();
    expect(await settle(posts[0]?.ask(anybody, QUESTION) ?? Promise.reject(new Error()))).toHaveLength(1);
    await serving?.stop();
  });
});
