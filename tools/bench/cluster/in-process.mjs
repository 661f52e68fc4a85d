// The use case of writing a thing on the cluster's ports: what is left when HTTP is taken away.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../../node-flags.mjs';

const WRITER = fileURLToPath(new URL('in-process-writer.mjs', import.meta.url));

/** Replicas without a server, each with things of its own; those of the cluster relay and index what they write. */
export class InProcess {
  #writers = [];

  /** @param name of database, topic and bucket */
  static async open({ addresses, name, replicas }) {
    const opened = new InProcess();
    opened.#writers = Array.from({ length: replicas }, (_, place) =>
      fork(WRITER, [JSON.stringify({ addresses, name, place, of: replicas })], { execArgv: NODE_FLAGS }),
    );
    await Promise.all(opened.#writers.map((writer) => answerOf(writer)));
    return opened;
  }

  /** Writes per second of a property, rights checked, each answered when it is durable. */
  async write({ clients, seconds }) {
    const shares = await Promise.all(
      this.#writers.map((writer) => {
        const answer = answerOf(writer);
        writer.send({ clients: clients / this.#writers.length, seconds });
        return answer;
      }),
    );
    const sum = (pick) => shares.reduce((total, each) => total + pick(each), 0);
    return { perSecond: sum((each) => each.perSecond), done: sum((each) => each.done) };
  }

  async close() {
    await Promise.all(
      this.#writers.map(async (writer) => {
        const ended = once(writer, 'exit');
        writer.disconnect();
        await ended;
      }),
    );
  }
}

/** @throws Error when it ends instead */
function answerOf(writer) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`a writer ended with ${code}`));
    writer.once('exit', ended);
    writer.once('message', (answer) => {
      writer.off('exit', ended);
      resolve(answer);
    });
  });
}
