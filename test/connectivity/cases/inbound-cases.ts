import { eventually } from '@gemel/testkit/waiting';
import type { BrokerTraits } from '../../support/brokers/index.js';
import { commandOn } from '../../support/opened-connection.js';
import type { OpenedConnection } from '../../support/opened-connection.js';

const MANY = 100;
/** Kafka takes little more by default, headers included. */
const MEGABYTE = 1_000_000;

/** Whatever devices send: what can be applied is, once and in order, and what cannot harms nothing else. */
export function describeInbound(
  { hasHeaders = true }: Pick<BrokerTraits, 'hasHeaders'>,
  opened: () => OpenedConnection,
): void {
  const modify = (name: string, attribute: string, value: unknown, headers: Record<string, string> = {}) =>
    commandOn(opened().namespace, name, 'modify', {
      headers,
      path: `/attributes/${attribute}`,
      value: JSON.parse(JSON.stringify(value)),
    });

  /** What comes next is applied: nothing is stuck. */
  const expectToGoOn = async (name: string) => {
    const { inbox, expectAttribute } = opened();
    await inbox.send(name, modify(name, 'after', 'all'));
    await expectAttribute(name, 'after', 'all');
  };

  /** In a cluster the others hear of it within a second or two. */
  const expectCount = async (read: () => Promise<number>, count: number) => {
    expect(await eventually(read, (found) => found >= count)).toBe(count);
  };

  const sourceFailures = (address: string) => opened().gemel.count(opened().id, address, 'mapped', 'failure');

  it('applies what a device sends, any text of it', async () => {
    const { inbox, newThing, expectAttribute } = opened();
    const name = await newThing();
    for (const value of ['ä€𝄞', '', ' \n"\\', { a: [1, null, { 'b.c': '{{ thing:id }}' }] }]) {
      await inbox.send(name, modify(name, 'value', value));
      await expectAttribute(name, 'value', value);
    }
  });

  it('hands bytes to scripts as they were sent', async () => {
    const { namespace, scripted, newThing, expectAttribute } = opened();
    const name = await newThing();
    const begin = Buffer.from(`bytes ${namespace} ${name} `);
    await scripted.send(name, Buffer.concat([begin, Buffer.from([0, 255, 128, 10, 13, 195])]));
    await expectAttribute(name, 'bytes', [0, 255, 128, 10, 13, 195]);
  });

  it('takes a megabyte', async () => {
    const { namespace, scripted, newThing, expectAttribute } = opened();
    const name = await newThing();
    const begin = `size ${namespace} ${name} `;
    await scripted.send(name, begin.padEnd(MEGABYTE, 'x'));
    await expectAttribute(name, 'size', MEGABYTE);
  });

  it('applies all that a script makes of a message, or nothing', async () => {
    const { gemel, id, namespace, scripted, newThing, expectAttribute } = opened();
    const name = await newThing();
    const dropped = () => gemel.count(id, scripted.address, 'dropped');
    const before = await dropped();
    await scripted.send(name, `nothing ${namespace} ${name} 1`);
    await scripted.send(name, `twice ${namespace} ${name} 2`);
    await expectAttribute(name, 'first', 2);
    await expectAttribute(name, 'second', 2);
    await eventually(dropped, (count) => count === before + 1);
  });

  it.each([
    ['nothing', ''],
    ['a broken JSON', '{"topic":'],
    ['what is no envelope', '[1,2,3]'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xc3])],
    ['a topic of nobody', '{"topic":"a/b/c/d/e/f","path":"/","value":1}'],
    ['a path that is none', '{"topic":"a/b/things/twin/commands/modify","path":"//~2","value":1}'],
    ['too much of it', JSON.stringify({ topic: 'x'.repeat(900_000) })],
  ])('refuses %s, counts it, and goes on', async (_what, payload) => {
    const { inbox, newThing } = opened();
    const name = await newThing();
    const before = await sourceFailures(inbox.address);
    await inbox.send(name, payload);
    await expectToGoOn(name);
    await expectCount(() => sourceFailures(inbox.address), before + 1);
  });

  it('refuses a thing that becomes too large, tells why, and goes on', async () => {
    const { inbox, newThing, answerTo } = opened();
    const name = await newThing();
    await inbox.send(name, modify(name, 'large', 'x'.repeat(500_000), { 'correlation-id': `${name}-large` }));
    expect(await answerTo(`${name}-large`)).toMatchObject({ status: 413, value: { error: 'things:thing.toolarge' } });
    await expectToGoOn(name);
  });

  it.each(['throw', 'loop', 'eat'])('refuses a message whose script will %s, and goes on', async (what) => {
    const { gemel, id, namespace, scripted, newThing, expectAttribute } = opened();
    const name = await newThing();
    const failures = () => gemel.count(id, scripted.address, 'mapped', 'failure');
    const before = await failures();
    await scripted.send(name, `${what} ${namespace} ${name} 1`);
    await scripted.send(name, `set ${namespace} ${name} 2`);
    await expectAttribute(name, 'n', 2);
    await expectCount(failures, before + 1);
    await eventually(
      () => gemel.logs(id),
      (logs) => logs.some(({ type, level }) => type === 'mapped' && level === 'failure'),
    );
  });

  it('keeps the order of a thing', async () => {
    const { inbox, newThing, expectAttribute, eventsOf } = opened();
    const name = await newThing();
    const numbers = Array.from({ length: MANY }, (_, index) => index + 1);
    // All at once: a broker has them in the order of the calls.
    await Promise.all(numbers.map((each) => inbox.send(name, modify(name, 'order', each))));
    await expectAttribute(name, 'order', MANY);
    const values = () => eventsOf(name).flatMap(({ path, value }) => (path === '/attributes/order' ? [value] : []));
    const seen = await eventually(
      () => Promise.resolve(values()),
      ({ length }) => length >= MANY,
      20_000,
    );
    expect(seen).toEqual(numbers);
  });

  it('loses and mixes up nothing of many things at a time', async () => {
    const { gemel, namespace, inbox } = opened();
    const names = Array.from({ length: MANY }, (_, index) => `many-${index}`);
    await Promise.all(
      names.map((name, index) =>
        inbox.send(name, commandOn(namespace, name, 'create', { path: '/', value: { attributes: { index } } })),
      ),
    );
    const filter = encodeURIComponent('like(thingId,"*:many-*")');
    const path = `/api/2/search/things?namespaces=${namespace}&filter=${filter}&option=size(200)`;
    const { body } = await eventually(
      () => gemel.call('GET', path),
      ({ body: found }) => (found as { items: readonly unknown[] }).items.length === MANY,
      20_000,
    );
    const { items } = body as { items: readonly { thingId: string; attributes: { index: number } }[] };
    for (const { thingId, attributes } of items) expect(thingId).toBe(`${namespace}:many-${attributes.index}`);
  });

  it('applies again what is delivered again, and refuses what is late when the device says how to tell', async () => {
    const { inbox, newThing, attribute, answerTo } = opened();
    const name = await newThing();
    const reading = (time: number) => {
      const condition = `or(not(exists(attributes/time)),lt(attributes/time,${time}))`;
      return modify(name, 'time', time, { condition, 'correlation-id': `${name}-${time}` });
    };
    for (const time of [1, 3, 3, 2]) await inbox.send(name, reading(time));
    expect(await answerTo(`${name}-2`)).toMatchObject({ status: 412, value: { error: 'things:condition.failed' } });
    expect(await attribute(name, 'time')).toBe(3);
    await expectToGoOn(name);
  });

  it('answers what was asked, and why something is refused, where the reply target says', async () => {
    const { inbox, namespace, newThing, answerTo } = opened();
    const name = await newThing({ a: { b: 1 } });
    const ask = (thing: string, correlationId: string) =>
      inbox.send(
        name,
        commandOn(namespace, thing, 'retrieve', {
          headers: { 'correlation-id': correlationId },
          path: '/attributes/a',
        }),
      );
    await ask(name, `${name}-there`);
    expect(await answerTo(`${name}-there`)).toMatchObject({ status: 200, path: '/attributes/a', value: { b: 1 } });
    await ask('nobody', `${name}-not`);
    expect(await answerTo(`${name}-not`)).toMatchObject({
      topic: `${namespace}/nobody/things/twin/errors`,
      status: 404,
      value: { error: 'things:thing.notfound' },
    });
  });

  it('takes messages about the thing that their device may speak for, and no others', async () => {
    const { enforced, newThing, expectAttribute, attribute, answerTo } = opened();
    const [own, other] = [await newThing(), await newThing()];
    await enforced.send(own, modify(other, 'by', own, { 'correlation-id': `${own}-other` }));
    expect(await answerTo(`${own}-other`)).toMatchObject({
      status: 400,
      value: { error: 'connectivity:connection.id.enforcement.failed' },
    });
    await enforced.send(own, modify(own, 'by', own));
    await expectAttribute(own, 'by', own);
    expect(await attribute(other, 'by')).not.toBe(own);
  });

  const expectMappedHeaders = async () => {
    const { inbox, newThing, eventsOf } = opened();
    const name = await newThing();
    const long = 'x'.repeat(2_000);
    const headers = { 'Gateway-Id': 'gw ä', long, empty: '', 'odd header': '{{ thing:id }}', __proto__x: 'y' };
    await inbox.send(name, modify(name, 'through', 'gateway'), { ...headers, 'correlation-id': `${name}-mapped` });
    const [event] = await eventually(
      () => Promise.resolve(eventsOf(name).filter(({ path }) => path === '/attributes/through')),
      ({ length }) => length === 1,
      20_000,
    );
    expect(event).toMatchObject({ headers: { gateway: 'gw ä', 'correlation-id': `${name}-mapped` } });
  };
  if (hasHeaders) it('maps headers, odd ones too', () => expectMappedHeaders());
}
