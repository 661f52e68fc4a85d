import type { Logger } from '@gemel/application/ports';
import { GemelError } from '@gemel/model/errors';
import type { EventStream } from './event-stream.js';
import type { Pace } from './pace.js';

/** What is sent, and who is told when that fails. */
export interface Streamed<Item> {
  readonly portions: AsyncIterable<readonly Item[]>;
  readonly send: (item: Item) => void;
  /** Waited for before each; as fast as the client takes them when absent. */
  readonly pace?: Pace;
  readonly log: Logger;
  readonly correlationId: string;
}

/** Sends everything as fast as the client takes it and the pace allows, then ends the stream. A refusal on the way is the last event. */
export function streamAll<Item>(body: EventStream, streamed: Streamed<Item>): void {
  const { log, correlationId } = streamed;
  void sendAll(streamed, body).catch((error: unknown) => {
    if (error instanceof GemelError) body.send(JSON.stringify(error.toJson()));
    else log.error({ correlationId, error }, 'an event stream failed');
    body.end();
  });
}

async function sendAll<Item>(
  { portions, send, pace }: Pick<Streamed<Item>, 'portions' | 'send' | 'pace'>,
  body: EventStream,
): Promise<void> {
  for await (const portion of portions) {
    for (const item of portion) {
      await pace?.();
      if (!(await body.hasRoom())) return;
      send(item);
    }
  }
  body.end();
}
