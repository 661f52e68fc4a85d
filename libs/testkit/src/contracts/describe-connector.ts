import type { InboundHandler, InboundMessage, OutboundMessage, OutboundPublisher } from '@gemel/application/ports';
import { turns, until as untilDeadline } from './turns.js';

/** What a consumer on the other side got. */
export interface Delivery {
  readonly address: string;
  readonly payload: Uint8Array;
}

/** A connector for one test, and the other side of it. */
export interface OpenedConnector {
  readonly publisher: OutboundPublisher;
  /** What is sent to `<inbox>/…` reaches the handler, at QoS 1. */
  readonly inbox: string;
  /** The consumer gets what is published to `<outbox>/…`. */
  readonly outbox: string;
  /** As a device; resolves when the transport has confirmed it to the device. Messages to one address stay in order. */
  send(address: string, payload: Uint8Array): Promise<void>;
  /** As a consumer, from now on; grows. */
  consume(): Promise<readonly Delivery[]>;
  /** Ends the connector and leaves the other side. Idempotent. */
  closeConnector(): Promise<void>;
  close(): Promise<void>;
  /** Which address a received message was sent to, for transports that bring several on one; its own by default. */
  sentTo?(message: InboundMessage): string;
}

/** What differs between transports without being better or worse. */
export interface ConnectorTraits {
  /** For how long the other side may take its time, in milliseconds. */
  readonly patienceMs?: number;
  /** Whether anything comes in; true by default. */
  readonly hasSources?: boolean;
  /** Largest payload that it carries, in bytes; 1 MB by default. */
  readonly largestPayload?: number;
  /** An address that can be none; the empty one by default. */
  readonly impossibleAddress?: string;
}

const bytes = (text: string) => Buffer.from(text);
const text = ({ payload }: { readonly payload: Uint8Array }) => Buffer.from(payload).toString();

/** What every connector promises. */
export function describeConnector(
  name: string,
  open: (handler: InboundHandler) => Promise<OpenedConnector>,
  { patienceMs, hasSources = true, largestPayload = 1_000_000, impossibleAddress = '' }: ConnectorTraits = {},
): void {
  const until = (condition: () => boolean) => untilDeadline(condition, patienceMs);

  describe(`${name} as a connector`, () => {
    let opened: OpenedConnector;
    let handled: InboundMessage[];
    let handler: InboundHandler;

    beforeEach(async () => {
      handled = [];
      handler = () => Promise.resolve();
      opened = await open((message) => {
        handled.push(message);
        return handler(message);
      });
    });

    afterEach(() => opened.close());

    const sentTo = (message: InboundMessage) => opened.sentTo?.(message) ?? message.address;
    const message = (address: string, payload: string): OutboundMessage => ({
      address: `${opened.outbox}/${address}`,
      payload,
      qos: 1,
      headers: {},
    });

    const receives = () => {
      it('hands over a message as it was sent, with who is behind it', async () => {
        const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
        await opened.send(`${opened.inbox}/a`, everyByte);
        await until(() => handled.length === 1);
        expect(handled.map(sentTo)).toEqual([`${opened.inbox}/a`]);
        expect(Buffer.from(handled[0]?.payload ?? [])).toEqual(Buffer.from(everyByte));
        expect(handled[0]?.subjects.length).toBeGreaterThan(0);
      });

      it.each([0, largestPayload])('takes a payload of %d bytes', async (length) => {
        await opened.send(`${opened.inbox}/a`, Buffer.alloc(length, 'x'));
        await until(() => handled.length === 1);
        expect(handled[0]?.payload).toHaveLength(length);
      });

      it('hands over the messages of an address in their order, without waiting for each', async () => {
        const stuck: (() => void)[] = [];
        handler = () => new Promise((resolve) => stuck.push(resolve));
        const sent = Array.from({ length: 10 }, (_, index) => opened.send(`${opened.inbox}/a`, bytes(String(index))));
        await until(() => stuck.length === 10);
        for (const resolve of stuck.toReversed()) resolve();
        await Promise.all(sent);
        expect(handled.map(text)).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
      });

      it('loses and doubles none of 1,000 messages of 10 addresses', async () => {
        handler = () => turns(handled.length % 5);
        const numbers = Array.from({ length: 1_000 }, (_, index) => index);
        await Promise.all(numbers.map((each) => opened.send(`${opened.inbox}/${each % 10}`, bytes(String(each)))));
        await until(() => handled.length >= 1_000);
        await turns(20);
        for (let address = 0; address < 10; address++) {
          const own = handled.filter((each) => sentTo(each) === `${opened.inbox}/${address}`).map(text);
          expect(own).toEqual(numbers.filter((each) => each % 10 === address).map(String));
        }
      });

      it('delivers again what the handler rejects, until it resolves', async () => {
        let rejections = 2;
        handler = () => (rejections-- > 0 ? Promise.reject(new Error('not now')) : Promise.resolve());
        await opened.send(`${opened.inbox}/a`, bytes('again'));
        await until(() => handled.length === 3);
        expect(handled.map(text)).toEqual(['again', 'again', 'again']);
        await opened.send(`${opened.inbox}/a`, bytes('next'));
        await until(() => handled.length === 4);
        expect(handled.map(text).at(-1)).toBe('next');
      });
    };
    if (hasSources)
      describe('in', () => {
        receives();
      });

    describe('out', () => {
      it('brings messages to consumers in the order of the calls', async () => {
        const deliveries = await opened.consume();
        const numbers = Array.from({ length: 300 }, (_, index) => String(index));
        await Promise.all(numbers.map((each) => opened.publisher.publish(message('a', each))));
        await until(() => deliveries.length === 300);
        expect(deliveries.map(text)).toEqual(numbers);
        expect(deliveries[0]?.address).toBe(`${opened.outbox}/a`);
      });

      it.each(['', 'ä€𝄞', 'x'.repeat(largestPayload)])('brings any text', async (payload) => {
        const deliveries = await opened.consume();
        await opened.publisher.publish(message('a', payload));
        await until(() => deliveries.length === 1);
        expect(deliveries.map(text)).toEqual([payload]);
      });

      it('resolves when nobody listens', async () => {
        await expect(opened.publisher.publish(message('nobody', 'x'))).resolves.toHaveProperty('status');
      });

      it('refuses for good an address that can be none', async () => {
        await expect(
          opened.publisher.publish({ ...message('a', 'x'), address: impossibleAddress }),
        ).rejects.toHaveProperty('code', 'gemel:message.refused');
      });
    });

    const expectOrderlyEnd = async () => {
      let finish: () => void = () => undefined;
      handler = () => new Promise((resolve) => (finish = resolve));
      const sent = opened.send(`${opened.inbox}/a`, bytes('first'));
      await until(() => handled.length === 1);
      let closed = false;
      const closing = opened.closeConnector().then(() => (closed = true));
      await turns(20);
      expect(closed).toBe(false);
      finish();
      await closing;
      await sent;
      expect(handled.map(text)).toEqual(['first']);
      await opened.closeConnector();
    };
    if (hasSources)
      it('closes when what is under way is handled, and hands over nothing more', () => expectOrderlyEnd());
  });
}
