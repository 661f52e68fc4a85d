import { MessageUnacceptable } from '@gemel/application/ports';
import type { ConnectorStatus, InboundHandler, InboundMessage } from '@gemel/application/ports';
import type { ConnectorTraits, OpenedConnector } from './describe-connector.js';
import { turns, until as untilDeadline } from './turns.js';

/** A connector whose other side is a broker that goes on without it. */
export interface OpenedExternalConnector extends OpenedConnector {
  status(): ConnectorStatus;
  /** Between connector and broker. */
  readonly network: {
    /** Ends what stands, and lets nothing new come to stand. */
    cut(): void;
    heal(): void;
    /** Brings what the broker says so much later, in milliseconds. */
    delay(ms: number): void;
  };
  /** Closes it without waiting for what is under way. */
  closeAtOnce(): Promise<void>;
  /** The connector dies without a word and another replica opens the same connection, with the same handler. */
  takeOver(): Promise<void>;
  /** Another replica opens the same connection after this one was closed. */
  openAgain(): Promise<void>;
}

const bytes = (text: string) => Buffer.from(text);
const text = ({ payload }: { readonly payload: Uint8Array }) => Buffer.from(payload).toString();

/** What a connector to an external broker promises besides. */
export function describeExternalConnector(
  name: string,
  open: (handler: InboundHandler) => Promise<OpenedExternalConnector>,
  { patienceMs }: ConnectorTraits = {},
): void {
  const until = (condition: () => boolean) => untilDeadline(condition, patienceMs);

  describe(`${name} as a connector to a broker of its own`, () => {
    let opened: OpenedExternalConnector;
    let handled: InboundMessage[];
    let handler: InboundHandler;

    beforeEach(async () => {
      handled = [];
      handler = () => Promise.resolve();
      opened = await open((message) => {
        handled.push(message);
        return handler(message);
      });
      await until(() => opened.status().state === 'open');
    });

    afterEach(() => opened.close());

    const send = (payload: string) => opened.send(`${opened.inbox}/a`, bytes(payload));
    const message = (payload: string) => ({ address: `${opened.outbox}/a`, payload, qos: 1 as const, headers: {} });

    it('confirms nothing before the handler has resolved: the next replica gets it', async () => {
      const stuck: (() => void)[] = [];
      handler = () => new Promise((resolve) => stuck.push(resolve));
      for (const each of ['a', 'b', 'c']) await send(each);
      await until(() => stuck.length === 3);
      // The first is not: nothing behind it may be confirmed.
      stuck[1]?.();
      await turns(20);
      handled = [];
      handler = () => Promise.resolve();
      await opened.takeOver();
      await until(() => handled.length === 3);
      expect(handled.map(text)).toEqual(['a', 'b', 'c']);
    });

    it('confirms what the handler has resolved: the next replica does not get it', async () => {
      for (const each of ['a', 'b']) await send(each);
      await until(() => handled.length === 2);
      await opened.closeConnector();
      await send('while nobody listens');
      await opened.openAgain();
      await until(() => handled.length === 3);
      await turns(20);
      expect(handled.map(text)).toEqual(['a', 'b', 'while nobody listens']);
    });

    it('hands over again, in order, what it could not confirm any more since it was being closed', async () => {
      const finish: (() => void)[] = [];
      handler = () => new Promise((resolve) => finish.push(resolve));
      const sent = Array.from({ length: 14 }, (_, n) => String(n));
      for (const each of sent) await send(each);
      await until(() => finish.length === sent.length);
      opened.network.delay(200);
      const closing = opened.closeAtOnce();
      // At once, a little later, much later: all but the last one.
      for (let turn = 0, next = 1; finish.length > 1; turn += 1) {
        if (turn === next) {
          finish.shift()?.();
          next *= 2;
        }
        await turns(1);
      }
      await closing;
      opened.network.heal();
      handled = [];
      handler = () => Promise.resolve();
      await opened.openAgain();
      await until(() => handled.map(text).at(-1) === sent.at(-1));
      expect(handled.map(text)).toEqual(sent.slice(-handled.length));
    });

    it('hands over again, in order, what came after a rejected message', async () => {
      const times = (payload: string) => handled.filter((each) => text(each) === payload).length;
      let refuse = (): void => undefined;
      // Once: a broker gives up what is rejected again and again.
      const refused = new Promise<never>((_resolve, reject) => (refuse = () => reject(new Error('not now'))));
      handler = (each) => (text(each) === '1' && times('1') === 1 ? refused : Promise.resolve());
      for (const each of ['0', '1', '2', '3']) await send(each);
      await until(() => times('1') === 1);
      refuse();
      await until(() => times('1') === 2 && handled.map(text).slice(-3).join() === '1,2,3');
      await send('4');
      await until(() => handled.map(text).at(-1) === '4');
      expect(handled.map(text).filter((each) => each === '0')).toEqual(['0']);
    });

    it('does not hand over again what can never be applied', async () => {
      handler = (each) =>
        text(each) === 'poison' ? Promise.reject(new MessageUnacceptable('it is poison')) : Promise.resolve();
      for (const each of ['a', 'poison', 'b']) await send(each);
      await until(() => handled.length === 3);
      await turns(20);
      await opened.closeConnector();
      await opened.openAgain();
      await send('c');
      await until(() => handled.map(text).includes('c'));
      expect(handled.map(text)).toEqual(['a', 'poison', 'b', 'c']);
    });

    it('comes back when the network does, and gets what was sent meanwhile', async () => {
      opened.network.cut();
      await until(() => opened.status().state !== 'open');
      expect(opened.status().detail).toMatch(/again in \d+ s|connects/);
      for (const each of ['a', 'b']) await send(each);
      opened.network.heal();
      await until(() => handled.length === 2);
      expect(handled.map(text)).toEqual(['a', 'b']);
      await until(() => opened.status().state === 'open');
    });

    it('does not handle twice what was under way when the network broke', async () => {
      const stuck: (() => void)[] = [];
      handler = () => new Promise((resolve) => stuck.push(resolve));
      for (const each of ['a', 'b', 'c']) await send(each);
      await until(() => stuck.length === 3);
      opened.network.cut();
      await until(() => opened.status().state !== 'open');
      // Resolved while nobody can be told.
      stuck[0]?.();
      opened.network.heal();
      await until(() => opened.status().state === 'open');
      await send('d');
      await until(() => stuck.length === 4);
      for (const resolve of stuck) resolve();
      await turns(20);
      expect(handled.map(text)).toEqual(['a', 'b', 'c', 'd']);
      // All of it is confirmed on the new network connection; the close may have been quicker than the last confirmation.
      await opened.closeConnector();
      await opened.openAgain();
      await send('e');
      await until(() => handled.map(text).includes('e'));
      expect([...new Set(handled.map(text))]).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(handled.length).toBeLessThanOrEqual(6);
    });

    it('rejects what it cannot publish, and publishes again when it can', async () => {
      const deliveries = await opened.consume();
      await opened.publisher.publish(message('before'));
      opened.network.cut();
      await until(() => opened.status().state !== 'open');
      await expect(opened.publisher.publish(message('meanwhile'))).rejects.toThrow();
      opened.network.heal();
      await until(() => opened.status().state === 'open');
      await opened.publisher.publish(message('after'));
      await until(() => deliveries.length === 2);
      expect(deliveries.map(text)).toEqual(['before', 'after']);
    });

    it('closes at once while there is no network', async () => {
      opened.network.cut();
      await until(() => opened.status().state !== 'open');
      await expect(opened.closeConnector()).resolves.toBeUndefined();
    });
  });
}
