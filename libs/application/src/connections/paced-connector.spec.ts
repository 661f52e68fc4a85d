import { parseConnection } from '@gemel/model/connections';
import { VirtualTimers } from '@gemel/testkit/memory';
import { LeaseLost, PUBLISHED } from '../ports/index.js';
import type { Connector, InboundHandler, OpenConnector } from '../ports/index.js';
import { pacedConnector } from './paced-connector.js';

const connection = parseConnection({
  id: 'cars',
  connectionType: 'mqtt-5',
  uri: 'tcp://broker',
  sources: [{ addresses: ['in/+', 'other'], qos: 1, authorizationContext: ['nginx:ditto'] }],
});

async function open(perSecond: number) {
  const timers = new VirtualTimers();
  const [handled, heldBack]: [string[], string[]] = [[], []];
  let inner: InboundHandler = () => Promise.reject(new Error('not open'));
  let closes = 0;
  const connector: Connector = {
    open: (_connection, handler) => {
      inner = handler;
      return Promise.resolve({
        publish: () => Promise.resolve(PUBLISHED),
        hasReceivers: () => true,
        status: () => ({ state: 'open', detail: '' }),
        close: () => {
          closes++;
          return Promise.resolve();
        },
      });
    },
  };
  const onHeldBack = (address: string) => {
    heldBack.push(address);
  };
  const pace = { perSecond, timers, onHeldBack };
  const opened: OpenConnector = await pacedConnector(connector, pace).open(
    connection,
    ({ address }) => Promise.resolve(void handled.push(address)),
    () => undefined,
  );
  const receive = (address: string) => inner({ address, payload: new Uint8Array(), subjects: [], headers: {} });
  return { timers, handled, heldBack, opened, receive, closes: () => closes };
}

describe('a connection with a pace', () => {
  it('hands over so many messages in each second, in their order, and says which it holds back', async () => {
    const { timers, handled, heldBack, receive } = await open(2);
    const all = Promise.all(['in/1', 'in/2', 'in/3', 'other', 'in/5'].map((address) => receive(address)));
    await timers.advance(0);
    expect(handled).toEqual(['in/1', 'in/2']);
    expect(heldBack).toEqual(['in/+', 'other', 'in/+']);
    await timers.advance(999);
    expect(handled).toHaveLength(2);
    await timers.advance(1);
    expect(handled).toEqual(['in/1', 'in/2', 'in/3', 'other']);
    await timers.advance(1_000);
    await all;
    expect(handled.at(-1)).toBe('in/5');
    await timers.advance(5_000);
    await receive('in/6');
    expect(heldBack).toHaveLength(3);
  });

  it('lets no message overtake those that wait', async () => {
    const { timers, handled, receive } = await open(1);
    const waiting = [receive('in/1'), receive('in/2')];
    await timers.advance(1_000);
    waiting.push(receive('in/3'));
    await timers.advance(2_000);
    await Promise.all(waiting);
    expect(handled).toEqual(['in/1', 'in/2', 'in/3']);
  });

  it('gives back what waits when it closes', async () => {
    const { timers, handled, receive, opened, closes } = await open(1);
    await receive('in/1');
    const waiting = [receive('in/2'), receive('in/3')].map((each) => each.catch((error: unknown) => error));
    await opened.close(0);
    await timers.advance(0);
    for (const each of waiting) expect(await each).toBeInstanceOf(LeaseLost);
    expect([handled, closes()]).toEqual([['in/1'], 1]);
  });

  it('hands over all that comes without one', async () => {
    const { handled, receive } = await open(0);
    await Promise.all(Array.from({ length: 50 }, () => receive('in/1')));
    expect(handled).toHaveLength(50);
  });
});
