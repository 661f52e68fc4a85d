import { parseConnectionId } from '@gemel/model/connections';
import { MemoryConnections } from '@gemel/testkit/memory';
import { SecretUnreadable } from '../ports/index.js';
import { ConnectionRegistry } from './connection-registry.js';

const id = parseConnectionId('cars');
const definition = (password: string) => ({
  connectionType: 'mqtt',
  uri: `tcp://user:${password}@broker`,
  sources: [{ addresses: ['a'], qos: 1, authorizationContext: ['nginx:ditto'] }],
});

/** Locks under a key by writing it in front; knows two keys. */
function open(current: string, old = '', store = new MemoryConnections()) {
  const registry = new ConnectionRegistry({
    store,
    clock: { now: () => 0 },
    lock: {
      lock: (text) => `${current}!${text}`,
      unlock: (text) => {
        const [key = '', ...rest] = text.split('!');
        if (key !== current && key !== old) throw new SecretUnreadable();
        return rest.join('!');
      },
      isStale: (text) => !text.startsWith(`${current}!`),
    },
  });
  return { registry, store };
}

describe('the registry of connections', () => {
  it('locks anew what an old key has locked, past revisions, too', async () => {
    const { registry, store } = open('one');
    const first = await registry.put(id, definition('a'), undefined);
    const second = await registry.put(id, definition('b'), first);
    await registry.put(id, definition('c'), second);

    const next = open('two', 'one', store).registry;
    const counts = {
      snapshots: { processed: 1, skipped: 0, failed: 0 },
      journal: { processed: 2, skipped: 0, failed: 0 },
    };
    expect(await next.relock(true)).toEqual(counts);
    expect(await next.relock(false)).toEqual(counts);
    expect(await next.relock(false)).toMatchObject({ snapshots: { skipped: 1 }, journal: { skipped: 2 } });

    const later = open('two', '', store).registry;
    for (const [revision, password] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ] as const) {
      const past = await later.past(id, revision);
      expect(past).toMatchObject({ isReadable: true, definition: { uri: `tcp://user:${password}@broker` } });
    }
  });

  it('counts what no key that is known opens', async () => {
    const { registry, store } = open('one');
    await registry.put(id, definition('a'), undefined);
    expect(await open('two', 'other', store).registry.relock(false)).toMatchObject({ snapshots: { failed: 1 } });
  });
});
