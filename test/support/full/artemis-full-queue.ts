import { once } from 'node:events';
import rhea from 'rhea';
import type { EventContext } from 'rhea';
import { requiredVariable } from '@gemel/testkit/network';
import type { FullQueue, OpenFullQueue } from './full-queue.js';

const COMPLAINTS = { fail: /is full/, block: /has confirmed nothing for \d+ s/ };

/** Of 20 kB; beyond, Artemis says so, or lets nobody send. The services' broker.xml has both kinds. */
export const artemisFullQueue =
  (kind: 'fail' | 'block'): OpenFullQueue =>
  async (name): Promise<FullQueue> => {
    const url = new URL(requiredVariable('ARTEMIS_URL'));
    const address = `full.${kind}.${name}`;
    const others = rhea.create_container().connect({
      host: url.hostname,
      port: Number(url.port),
      username: url.username,
      password: url.password,
      reconnect: false,
    });
    await once(others, 'connection_open');
    const taken: string[] = [];
    return {
      connection: { connectionType: 'amqp-10', uri: url.href.replace(/\/$/, '') },
      address,
      complaint: COMPLAINTS[kind],
      makeRoom: async () => {
        const receiver = others.open_receiver({ source: { address, capabilities: ['queue'] } });
        receiver.on('message', ({ message }: EventContext) => taken.push(String(message?.body)));
        await once(receiver, 'receiver_open');
      },
      taken,
      close: async () => {
        const closed = once(others, 'connection_close');
        others.close();
        await closed;
      },
    };
  };
