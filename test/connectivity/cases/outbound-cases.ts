import { eventually } from '@gemel/testkit/waiting';
import type { BrokerTraits, Received } from '../../support/brokers/index.js';
import { textOf } from '../../support/brokers/index.js';
import type { OpenedConnection } from '../../support/opened-connection.js';

const MANY = 150;

/** Whatever happens to twins: the other side has it, once and in order, as the target wants it. */
export function describeOutbound(
  { hasHeaders = true, takesAnyName = true }: Pick<BrokerTraits, 'hasHeaders' | 'takesAnyName'>,
  opened: () => OpenedConnection,
): void {
  /** Events of a thing about one of its attributes. */
  const seen = (name: string, attribute: string, count: number) =>
    eventually(
      () =>
        Promise.resolve(
          opened()
            .eventsOf(name)
            .filter(({ path }) => path === `/attributes/${attribute}`),
        ),
      ({ length }) => length >= count,
      20_000,
    );
  const until = (condition: () => boolean) =>
    eventually(
      () => Promise.resolve(condition()),
      (isSo) => isSo,
      20_000,
    );

  it('brings an event, with what the target wants to know besides', async () => {
    const { namespace, newThing, write } = opened();
    const name = await newThing({ place: 'Málaga' });
    await write(name, 'a', 1);
    const [event] = await seen(name, 'a', 1);
    expect(event).toMatchObject({
      topic: `${namespace}/${name}/things/twin/events/created`,
      path: '/attributes/a',
      value: 1,
      revision: 2,
      extra: { attributes: { place: 'Málaga' } },
    });
  });

  it('brings it where the address says that it resolves to', async () => {
    const { events, newThing, write } = opened();
    const name = await newThing();
    await write(name, 'a', 1);
    await seen(name, 'a', 1);
    const address = events.address(name);
    const mine = events.received.filter((each) => textOf(each).includes(`/${name}/`));
    expect(mine.map((each) => each.address)).toEqual(mine.map(() => address));
  });

  it.each(['', 'ä€𝄞', '\u0000"\\', 'x'.repeat(60_000), { a: [null, {}] }])('brings any value', async (value) => {
    const { newThing, write } = opened();
    const name = await newThing();
    expect(await write(name, 'value', value)).toBe(201);
    const [event] = await seen(name, 'value', 1);
    expect(event?.value).toEqual(value);
  });

  it('keeps the order of a thing, without a gap and without a copy', async () => {
    const { newThing, write } = opened();
    const names = [await newThing(), await newThing()];
    for (let index = 1; index <= MANY; index++) await Promise.all(names.map((name) => write(name, 'n', index % 80)));
    for (const name of names) {
      const revisions = (await seen(name, 'n', MANY)).map(({ revision }) => revision);
      expect(revisions).toEqual(Array.from({ length: MANY }, (_, index) => index + 2));
    }
  });

  it('brings what the filter lets through, as the script has it', async () => {
    const { mapped, newThing, write } = opened();
    const name = await newThing();
    const about = () => mapped.received.map(textOf).filter((text) => text.startsWith(`${name}=`));
    for (const n of [90, 91, 99, 92]) await write(name, 'n', n);
    await until(() => about().length === 2);
    expect(about()).toEqual([`${name}=91`, `${name}=92`]);
  });

  it('brings a megabyte', async () => {
    const { mapped, newThing, write } = opened();
    const name = await newThing();
    await write(name, 'n', 98);
    await until(() =>
      mapped.received.some(({ payload }) => payload.toString('utf8', 0, name.length + 1) === `${name}=`),
    );
    const found = mapped.received.find((each) => textOf(each).startsWith(`${name}=`));
    expect(found?.payload).toHaveLength(name.length + 1 + 1_000_000);
  });

  it('leaves out what its address does not resolve for, counts it, and says so', async () => {
    const { gemel, id, targets, newThing, write } = opened();
    const name = await newThing();
    await write(name, 'lost', 1);
    await seen(name, 'lost', 1);
    const failures = await eventually(
      async () => (await gemel.logs(id)).filter(({ address }) => address === targets.lost),
      (entries) => entries.some(({ level }) => level === 'failure'),
    );
    expect(failures.map(({ message }) => message).join()).toMatch(/does not resolve/);
  });

  const expectRefusal = async () => {
    const { gemel, id, namespace, targets, newThing, write } = opened();
    const before = await gemel.count(id, targets.events, 'published', 'failure');
    const thingId = `${namespace}:a+b#c`;
    expect((await gemel.call('PUT', `/api/2/things/${encodeURIComponent(thingId)}`, {})).status).toBe(201);
    const next = await newThing();
    await write(next, 'a', 1);
    await seen(next, 'a', 1);
    const failures = await eventually(
      async () => (await gemel.logs(id)).filter(({ entityId, level }) => entityId === thingId && level === 'failure'),
      ({ length }) => length > 0,
    );
    expect(failures).toMatchObject([
      { type: 'published', message: expect.stringContaining("holds neither '+' nor '#'") as string },
    ]);
    expect(await gemel.count(id, targets.events, 'published', 'failure')).toBe(before + 1);
  };
  if (!takesAnyName)
    it('leaves out a thing by whose name no address can be, counts it, and says so', () => expectRefusal());

  it('brings live messages, and tells the sender what became of it', async () => {
    const { gemel, id, namespace, broker, live, newThing } = opened();
    const name = await newThing();
    const answer = await gemel.call(
      'POST',
      `/api/2/things/${namespace}:${name}/inbox/messages/ring?timeout=2`,
      JSON.stringify('loud'),
      { 'requested-acks': JSON.stringify([`${id}:taken`]) },
    );
    expect(answer.body).toMatchObject({ [`${id}:taken`]: { status: broker.takenStatus } });
    await until(() => live.received.some((each) => textOf(each).includes(`/${name}/`)));
  });

  const expectHeaders = async () => {
    const { events, namespace, newThing, write } = opened();
    const name = await newThing();
    await write(name, 'a', 1, { 'correlation-id': `${name}-out` });
    let found: Received | undefined;
    await until(() => {
      found = events.received.find((each) => textOf(each).includes(`/${name}/`) && textOf(each).includes('/a"'));
      return found !== undefined;
    });
    expect(found?.headers).toMatchObject({
      'content-type': 'application/vnd.eclipse.ditto+json',
      'correlation-id': `${name}-out`,
      thing: `${namespace}:${name}`,
      kind: 'CREATED',
    });
    expect(found?.headers).not.toHaveProperty('nowhere');
  };
  if (hasHeaders) it('maps headers, and leaves out those that do not resolve', () => expectHeaders());

  const expectScriptHeaders = async () => {
    const { mapped, newThing, write } = opened();
    const name = await newThing();
    await write(name, 'n', 95);
    let found: Received | undefined;
    await until(() => (found = mapped.received.find((each) => textOf(each) === `${name}=95`)) !== undefined);
    expect(found?.headers).toMatchObject({
      'content-type': expect.stringContaining('text/plain') as string,
      by: 'script',
    });
  };
  if (hasHeaders) it('sends the headers that a script makes', () => expectScriptHeaders());
}
