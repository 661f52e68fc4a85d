import { textOf } from '../../support/brokers/index.js';
import { eventually } from '../../support/eventually.js';
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

  it('are given by devices whose source declares the label', async () => {
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
    expect((await asked).body).toMatchObject({ [`${id}:device`]: { status: 202, payload: { by: 'device' } } });
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
