import type { EventReader, RecordedEvent } from '@gemel/application/ports';
import { namesOf, thingChange } from '../contracts/index.js';
import { ReplicaBus } from './replica-bus.js';
import { SharedBus } from './shared-bus.js';
import { CALM, VirtualProcess } from './virtual-process.js';
import { VirtualWorld } from './virtual-world.js';

function open() {
  const world = new VirtualWorld('bus', true);
  const shared = new SharedBus();
  const newReplica = (name: string) => {
    const process = new VirtualProcess(name, { world, weather: () => CALM });
    return { process, bus: new ReplicaBus(shared, process, world) };
  };
  return { world, shared, newReplica };
}

/** Events of some things, at consecutive positions. */
function events(from: number, count: number): readonly RecordedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const position = from + index;
    return { position, event: thingChange(`a:${position % 5}`, Math.ceil(position / 5)).event };
  });
}

function recorder(taken: RecordedEvent[]): EventReader {
  const handle = (batch: readonly RecordedEvent[]) => {
    taken.push(...batch);
    return Promise.resolve();
  };
  return { name: 'group', position: () => Promise.resolve(0), handle };
}

function byThing(recorded: readonly RecordedEvent[]): Readonly<Record<string, readonly number[]>> {
  const ids = [...new Set(recorded.map(({ event }) => event.id))].toSorted();
  return Object.fromEntries(
    ids.map((id) => [id, recorded.filter(({ event }) => event.id === id).map(({ event }) => event.revision)]),
  );
}

describe('the simulated bus', () => {
  it('gives each event to one member of a group, in the order of each thing', async () => {
    const { world, newReplica } = open();
    const [one, two] = [newReplica('one'), newReplica('two')];
    const [first, second]: [RecordedEvent[], RecordedEvent[]] = [[], []];
    one.bus.follow(recorder(first));
    two.bus.follow(recorder(second));
    await world.run(5_000);
    void one.bus.publish(events(1, 100));
    await world.run(20_000);
    expect(first.length).toBeGreaterThan(0);
    expect(second.length).toBeGreaterThan(0);
    expect(namesOf([...first, ...second]).toSorted()).toEqual(namesOf(events(1, 100)).toSorted());
    const order = byThing([...first, ...second]);
    for (const revisions of Object.values(order)) expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  });

  it('brings again what a member had not committed when it died', async () => {
    const { world, shared, newReplica } = open();
    const [one, two, publisher] = [newReplica('one'), newReplica('two'), newReplica('publisher')];
    const taken: RecordedEvent[] = [];
    one.bus.follow({ ...recorder([]), handle: () => new Promise(() => undefined) });
    two.bus.follow(recorder(taken));
    await world.run(5_000);
    void publisher.bus.publish(events(1, 100));
    await world.run(6_000);
    expect(shared.group('group').isDone()).toBe(false);
    one.process.crash();
    await world.run(30_000);
    expect(shared.group('group').isDone()).toBe(true);
    expect(new Set(namesOf(taken))).toEqual(new Set(namesOf(events(1, 100))));
  });

  it('shows watchers each event from now on once and in order, though publishers repeat themselves late', async () => {
    const { world, newReplica } = open();
    const { bus } = newReplica('one');
    void bus.publish(events(1, 10));
    await world.run(100);
    const seen: RecordedEvent[] = [];
    bus.watch((recorded) => seen.push(recorded));
    for (const batch of [events(11, 20), events(15, 16), events(11, 5), events(31, 10)]) {
      void bus.publish(batch);
      await world.run(world.now + 100);
    }
    expect(namesOf(seen).toSorted()).toEqual(namesOf(events(11, 30)).toSorted());
    for (const revisions of Object.values(byThing(seen))) {
      expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    }
  });
});
