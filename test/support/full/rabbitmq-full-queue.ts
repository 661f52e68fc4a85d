import { connect } from 'amqplib';
import { requiredVariable } from '@gemel/testkit/network';
import type { FullQueue } from './full-queue.js';

/** Takes three messages, and declines what comes beyond. */
export async function rabbitmqFullQueue(name: string): Promise<FullQueue> {
  const uri = requiredVariable('RABBITMQ_URL');
  const others = await connect(uri);
  const channel = await others.createChannel();
  await channel.assertExchange(name, 'topic');
  await channel.assertQueue(name, { arguments: { 'x-max-length': 3, 'x-overflow': 'reject-publish' } });
  await channel.bindQueue(name, name, '#');
  const taken: string[] = [];
  return {
    connection: { connectionType: 'amqp-091', uri },
    address: `${name}/{{ thing:name }}`,
    complaint: /queue is full/,
    makeRoom: async () => {
      await channel.consume(name, (message) => {
        if (message === null) return;
        taken.push(message.content.toString());
        channel.ack(message);
      });
    },
    taken,
    close: async () => {
      await channel.deleteQueue(name);
      await channel.deleteExchange(name);
      await others.close();
    },
  };
}
