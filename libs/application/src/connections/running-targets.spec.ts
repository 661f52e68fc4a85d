import { parseThingId } from '@gemel/model/ids';
import { carConnection, carEvent, payloadJson, runningReplica } from '@gemel/testkit/connections';
import { MessageRefused } from '../ports/index.js';

describe('the targets of a connection that runs', () => {
  it('publish what a topic asks for, as a reader of their own that begins now', async () => {
    const { replica } = await runningReplica();
    const [reader] = replica.readers;
    expect(reader).toMatchObject({ name: 'target:cars:0', startsAt: 'end' });
    await reader?.handle([
      carEvent(1),
      carEvent(2, { value: 2 }),
      carEvent(3, { id: parseThingId('other:car'), value: 3 }),
      { position: 4, event: { ...carEvent(4).event, entity: 'policy' } as never },
    ]);
    expect(replica.published.map((each) => [each.address, payloadJson(each)['value']])).toEqual([
      ['events/car', 1],
      ['events/car', 3],
    ]);
    expect(replica.published[0]?.headers).toEqual({
      'content-type': 'application/vnd.eclipse.ditto+json',
      'correlation-id': 'c1',
    });
    expect(replica.runner.counters().get('cars')).toMatchObject({ published: 2, filtered: 1, refused: 0 });
  });

  it('publish in order without waiting for each, and have read a batch when all of it is confirmed', async () => {
    const { replica } = await runningReplica();
    const confirm: (() => void)[] = [];
    replica.publish = (message) => {
      replica.published.push(message);
      return new Promise((resolve) => confirm.push(resolve));
    };
    let hasRead = false;
    const reading = replica.readers[0]?.handle([carEvent(1), carEvent(2), carEvent(3)]).then(() => (hasRead = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(replica.published.map((each) => payloadJson(each)['revision'])).toEqual([1, 2, 3]);
    confirm[2]?.();
    confirm[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasRead).toBe(false);
    confirm[1]?.();
    await reading;
  });

  it('ask for the states of many events in one turn, and keep the order whichever is answered first', async () => {
    const { replica } = await runningReplica();
    const answers: (() => void)[] = [];
    replica.look = () => new Promise((resolve) => answers.push(resolve));
    const reading = replica.readers[0]?.handle([carEvent(1), carEvent(2), carEvent(3)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answers).toHaveLength(3);
    for (const answer of answers.toReversed()) answer();
    await reading;
    expect(replica.published.map((each) => payloadJson(each)['revision'])).toEqual([1, 2, 3]);
  });

  it('publish what comes before a failure and nothing behind it', async () => {
    const { replica } = await runningReplica();
    let looks = 0;
    replica.look = () => (++looks === 2 ? Promise.reject(new Error('the store is away')) : Promise.resolve());
    await expect(replica.readers[0]?.handle([carEvent(1), carEvent(2), carEvent(3)])).rejects.toThrow(
      'the store is away',
    );
    expect(replica.published.map((each) => payloadJson(each)['revision'])).toEqual([1]);
  });

  it('want a batch again that the transport did not confirm, but not what it never takes', async () => {
    const { replica } = await runningReplica();
    const [reader] = replica.readers;
    replica.publish = () => Promise.reject(new MessageRefused('events/car', 'too large'));
    await expect(reader?.handle([carEvent(1)])).resolves.toBeUndefined();
    replica.publish = () => Promise.reject(new Error('the broker is away'));
    await expect(reader?.handle([carEvent(2), carEvent(3)])).rejects.toThrow('the broker is away');
    expect(await reader?.position()).toBe(1);
    replica.publish = (message) =>
      payloadJson(message)['revision'] === 4 ? Promise.reject(new Error('away')) : Promise.resolve();
    await expect(reader?.handle([carEvent(2), carEvent(3), carEvent(4), carEvent(5)])).rejects.toThrow('away');
    expect(await reader?.position()).toBe(3);
    // 3 and, since it was on its way already, 5: that comes again behind 4.
    expect(replica.runner.counters().get('cars')).toMatchObject({ published: 3, refused: 1 });
  });

  it('publish nothing once the lease is lost', async () => {
    const { replica } = await runningReplica();
    const [reader] = replica.readers;
    await replica.runner.stop();
    await expect(reader?.handle([carEvent(1)])).rejects.toHaveProperty('code', 'gemel:lease.lost');
    expect(replica.published).toEqual([]);
  });

  it('map headers, and leave out an event that has no address', async () => {
    const target = {
      address: 'events/{{ header:site }}',
      topics: ['_/_/things/twin/events?extraFields=policyId'],
      qos: 0,
      authorizationContext: ['nginx:ditto'],
      headerMapping: { 'Content-Type': 'application/json', revision: '{{ topic:action }}' },
    };
    const { replica } = await runningReplica(carConnection({ targets: [target] }));
    await replica.readers[0]?.handle([carEvent(1), carEvent(2, { headers: { site: 'north' } })]);
    expect(replica.published).toHaveLength(1);
    expect(replica.published[0]).toMatchObject({
      address: 'events/north',
      qos: 0,
      headers: { 'content-type': 'application/json', revision: 'modified' },
    });
    expect(payloadJson(replica.published[0])['extra']).toEqual({ policyId: 'example:policy' });
  });
});
