import { inBackground } from '../background/index.js';
import type { ConnectionBoard, ConnectionReport, Logger, Subscription, Timers } from '../ports/index.js';
import type { ConnectionRunner } from './connection-runner.js';

const LOOK_MS = 1_000;
/** After a change, and then twice as long each time: what comes of a change follows soon, as the targets of what is open. */
const LOOK_SOON_MS = 50;
/** What does not change is posted again all the same, for those that do not look whether the process is there. */
const RENEW_MS = 10_000;

export interface ConnectionReporterParts {
  readonly runner: Pick<ConnectionRunner, 'reports' | 'instance' | 'onChange'>;
  readonly board: ConnectionBoard;
  /** Calls when somebody wants to know how a connection is doing, here or elsewhere. */
  readonly onLook?: ((listener: (connectionId: string) => void) => () => void) | undefined;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Tells the other processes how the connections are doing that this one has open. */
export class ConnectionReporter {
  readonly #posted = new Map<
    string,
    { readonly report: ConnectionReport; readonly text: string; readonly at: number }
  >();

  #pauseMs = LOOK_MS;
  #waiting = new AbortController();

  constructor(private readonly parts: ConnectionReporterParts) {}

  start(): Subscription {
    const unlisten = this.parts.runner.onChange(() => {
      this.#pauseMs = LOOK_SOON_MS;
      this.#waiting.abort();
    });
    const unlook = this.parts.onLook?.((connectionId) => {
      if (this.#isPosted(connectionId)) this.#waiting.abort();
    });
    const running = inBackground((stopped) => this.#run(stopped));
    return {
      stop: async () => {
        unlisten();
        unlook?.();
        const ended = running.stop();
        this.#waiting.abort();
        await ended;
        await this.#tidy([]).catch(() => undefined);
        await this.parts.board.sayGone(this.parts.runner.instance).catch(() => undefined);
      },
    };
  }

  async #run(stopped: AbortSignal): Promise<void> {
    const { runner, board, log } = this.parts;
    while (!stopped.aborted) {
      this.#waiting = new AbortController();
      try {
        const reports = runner.reports();
        await this.#post(reports);
        await this.#tidy(reports);
        await board.sayPresent(runner.instance);
      } catch (error) {
        log.warn({ error }, 'could not tell the other processes how the connections are doing');
      }
      await this.#untilNext(stopped);
    }
  }

  /** Not at once when something changes: much may change at a time. */
  async #untilNext(stopped: AbortSignal): Promise<void> {
    const { timers } = this.parts;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, LOOK_MS);
    await timers.sleep(pauseMs, this.#waiting.signal);
    if (this.#waiting.signal.aborted) await timers.sleep(LOOK_SOON_MS, stopped);
  }

  async #post(reports: readonly ConnectionReport[]): Promise<void> {
    const now = this.parts.timers.now();
    const news = reports
      .map((report) => ({ report, text: JSON.stringify(report.says), at: now }))
      .filter(({ report, text }) => {
        const before = this.#posted.get(keyOf(report));
        return before?.text !== text || now - before.at >= RENEW_MS;
      });
    await this.parts.board.postReports(news.map(({ report }) => report));
    for (const each of news) this.#posted.set(keyOf(each.report), each);
  }

  #isPosted(connectionId: string): boolean {
    for (const { report } of this.#posted.values()) if (report.connectionId === connectionId) return true;
    return false;
  }

  /** Takes away what is not true any more. */
  async #tidy(present: readonly ConnectionReport[]): Promise<void> {
    const keys = new Set(present.map(keyOf));
    for (const [key, { report }] of this.#posted) {
      if (keys.has(key)) continue;
      await this.parts.board.removeReport(report.connectionId, report.client, report.instance);
      this.#posted.delete(key);
    }
  }
}

function keyOf({ connectionId, client }: ConnectionReport): string {
  return `${connectionId}#${String(client)}`;
}
