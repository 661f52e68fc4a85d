import { isJsonObject } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { ClusterMember } from '@gemel/model/operations';
import { inBackground } from '../background/index.js';
import type { Clock, IdSource, Logger, RecordStore, Subscription, Timers } from '../ports/index.js';

const REQUEST = 'operator-request';
const ANSWER = 'operator-answer';
/** Between looks for requests to this process, and for the answers to its own. */
const LOOK_MS = 1_000;
const LOOK_FOR_ANSWERS_MS = 200;
/** Whoever has not answered by then is left out (Ditto's usual timeout of such commands). */
const PATIENCE_MS = 10_000;
const MOST_REQUESTS = 100;

/** What one process is asked for, and what it answers; both are whatever asker and answerer agree on. */
export interface OperatorPostParts {
  /** Of this process. */
  readonly instance: string;
  readonly members: () => Promise<readonly ClusterMember[]>;
  readonly answer: (request: JsonObject) => Promise<JsonObject> | JsonObject;
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  readonly log: Logger;
}

/** Brings what an operator asks one process to the others, and their answers back. Slow, and of no use for anything else. */
export class OperatorPost {
  constructor(private readonly parts: OperatorPostParts) {}

  /**
   * What the other processes answer that are there and wanted, as far as they do in time.
   * @throws StoreUnavailable
   */
  async ask(isWanted: (member: ClusterMember) => boolean, request: JsonObject): Promise<readonly JsonObject[]> {
    const { instance: own, members, records, clock, timers, ids } = this.parts;
    const asked = (await members()).filter((member) => member.instance !== own && isWanted(member));
    const letters = asked.map(({ instance }) => ({ key: `${instance}\n${ids.uuid()}`, content: request }));
    for (const { key, content } of letters)
      await records.insertRecord(REQUEST, key, { request: content, at: clock.now() });
    const answers = new Map<string, JsonObject>();
    const never = new AbortController().signal;
    for (let waited = 0; answers.size < letters.length && waited < PATIENCE_MS; waited += LOOK_FOR_ANSWERS_MS) {
      await timers.sleep(LOOK_FOR_ANSWERS_MS, never);
      for (const { key } of letters) {
        const content = answers.has(key) ? undefined : (await records.record(ANSWER, key))?.content;
        if (content !== undefined && isJsonObject(content)) answers.set(key, content);
      }
    }
    const keys = letters.map(({ key }) => key);
    await records.removeRecords(REQUEST, keys);
    await records.removeRecords(ANSWER, keys);
    return keys.map((key) => answers.get(key)).filter((answer) => answer !== undefined);
  }

  /** Answers until it is stopped. */
  serve(): Subscription {
    const { timers, log } = this.parts;
    return inBackground(async (stopped) => {
      while (!stopped.aborted) {
        await this.#look().catch((error: unknown) => {
          log.debug({ error }, 'could not look what operators ask of this process');
        });
        await timers.sleep(LOOK_MS, stopped);
      }
    });
  }

  async #look(): Promise<void> {
    const { instance, records, clock, answer } = this.parts;
    const found = await records.records(REQUEST, { prefix: `${instance}\n`, limit: MOST_REQUESTS });
    for (const { key, content } of found) {
      await records.removeRecords(REQUEST, [key]);
      if (!isJsonObject(content)) continue;
      const { request = null, at } = content;
      // Nobody waits any more, and would take the answer away.
      const isLate = typeof at !== 'number' || at < clock.now() - PATIENCE_MS;
      if (isLate || !isJsonObject(request)) continue;
      await records.insertRecord(ANSWER, key, await answer(request));
    }
  }
}
