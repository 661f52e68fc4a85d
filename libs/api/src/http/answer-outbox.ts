import type { ServerResponse } from 'node:http';

interface Answer {
  readonly response: ServerResponse;
  readonly body: string | Buffer | undefined;
}

/**
 * Sends the answers of one turn of the event loop together. A peer on the same machine (a proxy, a sidecar, a test) is
 * then woken once for all of them instead of once for each, which costs more than making a small answer.
 */
class AnswerOutbox {
  #waiting: Answer[] = [];

  /** The head is written; the answer leaves at the end of this turn. */
  add(answer: Answer): void {
    if (this.#waiting.push(answer) === 1) setImmediate(() => this.#send());
  }

  #send(): void {
    const answers = this.#waiting;
    this.#waiting = [];
    for (const { response, body } of answers) response.end(body);
  }
}

export const answerOutbox = new AnswerOutbox();
