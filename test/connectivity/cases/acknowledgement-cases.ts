import { eventually } from '@gemel/testkit/waiting';
import { protocolMessages, textOf } from '../../support/brokers/index.js';
import { commandOn } from '../../support/opened-connection.js';
import type { OpenedConnection } from '../../support/opened-connection.js';

/** Who asks for an acknowledgement gets it, over the connection too. */
export function describeAcknowledgements(opened: () => OpenedConnection): void {
  const acknowledge = async (name: string, label: string, correlationId: string) => {
    const { namespace, inbox } = opened();
    await inbox.send(
      name,
      JSON.stringify({
        topic: `${namespace}/${name}/things/live/acks/${label}`,
        headers: { 'correlation-id': correlationId, 'content-type': 'application/json' },
        path: '/',
        status: 202,
        value: { by: 'device' },
      }),
    );
  };

  /** What the device of a thing says to the sender of `ring`. */
  const answer = async (name: string, correlationId: string) => {
    const { namespace, inbox } = opened();
    await inbox.send(
      name,
      JSON.stringify({
        topic: `${namespace}/${name}/things/live/messages/ring`,
        headers: { 'correlation-id': correlationId, 'content-type': 'application/json' },
        path: '/inbox/messages/ring',
        status: 200,
        value: 'rung',
      }),
    );
  };

  it('are given by devices whose source declares the label, besides their answer', async () => {
    const { gemel, id, namespace, live, newThing } = opened();
    const name = await newThing();
    const correlationId = `${name}-ack`;
    const asked = gemel.call(
      'POST',
      `/api/2/things/${namespace}:${name}/inbox/messages/ring?timeout=5`,
      JSON.stringify('loud'),
      { 'requested-acks': JSON.stringify([`${id}:device`]), 'correlation-id': correlationId },
    );
    await eventually(
      () => Promise.resolve(live.received.some((each) => textOf(each).includes(`/${name}/`))),
      (isThere) => isThere,
      20_000,
    );
    await acknowledge(name, `${id}:device`, correlationId);
    await answer(name, correlationId);
    expect((await asked).body).toMatchObject({
      [`${id}:device`]: { status: 202, payload: { by: 'device' } },
      'live-response': { status: 200, payload: 'rung' },
    });
  });

  it('are refused under a label that the source does not declare', async () => {
    const { gemel, id, newThing } = opened();
    const name = await newThing();
    await acknowledge(name, `${id}:other`, `${name}-undeclared`);
    const entry = await eventually(
      async () =>
        (await gemel.logs(id)).find(
          ({ level, correlationId }) => level === 'failure' && correlationId === `${name}-undeclared`,
        ),
      (found) => found !== undefined,
    );
    expect(entry?.message).toContain(`${id}:other`);
  });

  /** On a connection of its own: what is delivered again on the other one comes with all that was sent after it. */
  const openDevice = async (name: string) => {
    const { gemel, broker } = opened();
    const acks = await broker.inbox?.(`acks-${name}`);
    if (acks === undefined) throw new Error('something comes in');
    const { specificConfig, ...connection } = broker.connection;
    const own = { clientId: `acks-${acks.address.replaceAll(/\W/g, '')}`, groupId: `${acks.address}-acks` };
    const id = await gemel.create({
      ...connection,
      specificConfig: { ...specificConfig, ...own },
      sources: [
        {
          addresses: [acks.address],
          qos: 1,
          authorizationContext: ['nginx:ditto'],
          declaredAcks: ['{{connection:id}}:device'],
        },
      ],
    });
    await gemel.statusIs(id, 'open');
    return { id, acks };
  };

  /** A device acknowledges a change with the statuses, one after the other as it is told of the change. */
  const changeAcknowledgedWith = async (statuses: readonly number[]) => {
    const { gemel, namespace, inbox, newThing, eventsOf } = opened();
    const name = await newThing();
    const { id, acks } = await openDevice(name);
    const correlationId = `${name}-settled`;
    const headers = { 'correlation-id': correlationId, 'requested-acks': [`${id}:device`], timeout: '50s' };
    await inbox.send(name, commandOn(namespace, name, 'modify', { headers, path: '/attributes/a', value: 1 }));
    const told = () => eventsOf(name).filter(({ path }) => path === '/attributes/a').length;
    for (const [index, status] of statuses.entries()) {
      await eventually(
        () => Promise.resolve(told()),
        (count) => count > index,
        30_000,
      );
      await acks.send(
        name,
        JSON.stringify({
          topic: `${namespace}/${name}/things/twin/acks/${id}:device`,
          headers: { 'correlation-id': correlationId },
          path: '/',
          status,
        }),
      );
    }
    await answered(correlationId, statuses.at(-1));
    await gemel.delete(id);
    return { name, told };
  };
  const answered = (correlationId: string, status: number | undefined) =>
    eventually(
      async () =>
        protocolMessages(opened().answers.received).flatMap((answer) =>
          answer.headers['correlation-id'] === correlationId ? [answer.status] : [],
        ),
      (statuses) => statuses.includes(status ?? 0),
      30_000,
    );

  it('have a change delivered again that a device could not take for now', async () => {
    const { told } = await changeAcknowledgedWith([503, 200]);
    expect(told()).toBeGreaterThanOrEqual(2);
  }, 90_000);

  it('have a change delivered once that a device will never take', async () => {
    const { inbox, namespace, expectAttribute } = opened();
    const { name, told } = await changeAcknowledgedWith([400]);
    await inbox.send(name, commandOn(namespace, name, 'modify', { path: '/attributes/after', value: 'all' }));
    await expectAttribute(name, 'after', 'all');
    expect(told()).toBe(1);
  }, 90_000);

  it('are asked for by messages, and answered together', async () => {
    const { namespace, inbox, newThing, answerTo } = opened();
    const name = await newThing();
    const headers = {
      'correlation-id': `${name}-both`,
      'requested-acks': ['twin-persisted', 'search-persisted'],
      timeout: '20s',
    };
    await inbox.send(name, commandOn(namespace, name, 'modify', { headers, path: '/attributes/a', value: 1 }));
    expect(await answerTo(`${name}-both`)).toMatchObject({ status: 200 });
  });
}
