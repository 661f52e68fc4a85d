import { evolve, storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { GemelEvent } from '@gemel/model/signals';
import { thingChange } from '@gemel/testkit/contracts';
import { StateReader } from './state-reader.js';

/** Documents, and a tail that has had events of the log after them. */
function open() {
  const documents = new Map<string, ThingState>();
  const events: GemelEvent[] = [];
  const asked: (readonly string[])[] = [];
  const tail = {
    floor: 0,
    caughtUp: 0,
    catchUp: () => {
      tail.caughtUp += 1;
      return Promise.resolve();
    },
    revisionOf: (key: string) =>
      Math.max(0, ...events.filter(({ id }) => key === `thing/${id}`).map((e) => e.revision)),
    eventsAfter: (revisions: ReadonlyMap<string, number>) =>
      Promise.resolve(
        new Map(
          [...revisions].map(([key, after]) => [
            key,
            events.filter(({ id, revision }) => key === `thing/${id}` && revision > after),
          ]),
        ),
      ),
  };
  let whileAsked: () => void = () => undefined;
  const find = (ids: readonly string[]): Promise<ReadonlyMap<string, ThingState>> => {
    asked.push(ids);
    const found = ids.flatMap((id): [string, ThingState][] => {
      const state = documents.get(id);
      return state === undefined ? [] : [[id, state]];
    });
    whileAsked();
    whileAsked = () => undefined;
    return Promise.resolve(new Map(found));
  };
  const reader = new StateReader<ThingState>({
    entity: 'thing',
    documents: { find },
    tail,
    contentOf: storedContent,
    evolve: (state, event) => (event.entity === 'thing' ? evolve(state, event) : thingChange(event.id, 1).state),
    cacheBytes: 1_000_000,
  });
  const revisions = async (...ids: readonly string[]) =>
    [...(await reader.readAll(ids))].map(([id, { revision }]) => `${id}#${String(revision)}`).sort();
  const happen = (id: string, revision: number, n = revision) => events.push(thingChange(id, revision, { n }).event);
  return {
    reader,
    documents,
    events,
    asked,
    tail,
    revisions,
    happen,
    meanwhile: (work: () => void) => (whileAsked = work),
  };
}

describe('StateReader', () => {
  it('reads documents, and what the tail has after them or without one', async () => {
    const { documents, happen, revisions, reader } = open();
    documents.set('a:x', thingChange('a:x', 4, { n: 4 }).state);
    documents.set('a:y', thingChange('a:y', 7).state);
    happen('a:x', 4);
    happen('a:x', 5);
    happen('a:new', 1);
    happen('a:new', 2);
    expect(await revisions('a:x', 'a:y', 'a:new', 'a:none')).toEqual(['a:new#2', 'a:x#5', 'a:y#7']);
    expect(reader.recall('a:x')?.thing.attributes).toEqual({ n: 5 });
  });

  it('asks for no document of what is in memory, but for the tail each time', async () => {
    const { documents, asked, tail, happen, revisions } = open();
    documents.set('a:x', thingChange('a:x', 1).state);
    await revisions('a:x');
    happen('a:x', 2);
    expect(await revisions('a:x')).toEqual(['a:x#2']);
    expect([asked, tail.caughtUp]).toEqual([[['a:x']], 2]);
  });

  it('asks for documents without waiting for the tail, and takes what that tells afterwards', async () => {
    const { documents, asked, tail, happen, revisions } = open();
    documents.set('a:x', thingChange('a:x', 1).state);
    const seen: number[] = [];
    tail.catchUp = () => {
      seen.push(asked.length);
      happen('a:x', 2);
      return Promise.resolve();
    };
    expect(await revisions('a:x', 'a:none')).toEqual(['a:x#2']);
    expect([seen, asked]).toEqual([[1], [['a:x', 'a:none']]]);
  });

  it('takes a document that is ahead of the tail as it is', async () => {
    const { documents, happen, revisions } = open();
    documents.set('a:x', thingChange('a:x', 9).state);
    happen('a:x', 8);
    expect(await revisions('a:x')).toEqual(['a:x#9']);
  });

  it('reads again when the tail forgot meanwhile what the documents that were read did not have yet', async () => {
    const { documents, events, asked, tail, happen, revisions, meanwhile } = open();
    documents.set('a:x', thingChange('a:x', 1).state);
    happen('a:x', 2);
    meanwhile(() => {
      documents.set('a:x', thingChange('a:x', 2).state);
      events.length = 0;
      tail.floor = 2;
    });
    expect(await revisions('a:x')).toEqual(['a:x#2']);
    expect(asked).toHaveLength(2);
  });

  it('gives up what is older than what is forgotten, and keeps what is not', async () => {
    const { documents, reader, revisions } = open();
    reader.remember('a:x', thingChange('a:x', 1).state);
    reader.remember('a:y', thingChange('a:y', 3).state);
    documents.set('a:x', thingChange('a:x', 2).state);
    reader.forget('a:x', 2);
    reader.forget('a:y', 3);
    expect([reader.recall('a:x'), reader.recall('a:y')?.revision]).toEqual([undefined, 3]);
    expect(await revisions('a:x', 'a:y')).toEqual(['a:x#2', 'a:y#3']);
  });

  it('knows the last revision that it has heard of, in memory or in the tail', () => {
    const { reader, happen } = open();
    expect(reader.knownRevision('a:x')).toBe(0);
    reader.remember('a:x', thingChange('a:x', 3).state);
    expect(reader.knownRevision('a:x')).toBe(3);
    happen('a:x', 4);
    expect(reader.knownRevision('a:x')).toBe(4);
  });
});
