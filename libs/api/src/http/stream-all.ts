import type { Logger } from '@gemel/application/ports';
import { GemelError } from '@gemel/model/errors';
import type { EventStream } from './event-stream.js';

/** What is sent, and who is told when that fails. */
export interface Streamed<Item> {
  readonly portions: AsyncIterable<readonly Item[]>;
  readonly send: (item: Item) => void;
  readonly log: Logger;
  readonly correlationId: string;
}

/** Sends everything as fast as the client takes it, then ends the stream. A refusal on the way is the last event. */
export function streamAll<Item>(body: EventStream, { portions, send, log, correlationId }: Streamed<Item>): void {
  void sendAll(portions, send, body).catch((error: unknown) => {
    if (error instanceof GemelError) body.send(JSON.stringify(error.toJson()));
    else log.error({ correlationId, error }, 'an event stream failed');
    body.end();
  });
}

async function sendAll<Item>(
  portions: AsyncIterable<readonly Item[]>,
  send: (item: Item) => void,
  body: EventStream,
): Promise<void> {
  for await (const portion of portions) {
    for (const item of portion) {
      if (!(await body.hasRoom())) return;
      send(item);
    }
  }
  body.end();
}
