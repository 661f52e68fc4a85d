import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { NODE_FLAGS } from '../node-flags.mjs';
import { ROOT } from '../setup/run-step.mjs';

const READY_WITHIN_MS = 120_000;
/** Longer than a process gives itself. */
const STOPPED_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 50;

/** One process of the cluster, started and ended as often as one likes. */
export class Replica {
  #options;
  #child;
  #exited;
  /** Once it is ready and nobody has asked it to end, its end is news. */
  #isMissed = false;

  /**
   * @param options.port 0 for a free one
   * @param options.log takes its lines of standard error
   * @param options.died is told when it ends by itself, and how
   */
  constructor(options) {
    this.#options = options;
    this.app = options.app;
    this.name = `${options.app}-${options.index}`;
    this.url = undefined;
  }

  get pid() {
    return this.#child?.pid;
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when `/ready` says so; rejects when it ends before. */
  async start() {
    const child = this.#spawn();
    this.#child = child;
    this.#exited = new Promise((resolve) => child.once('exit', (status, signal) => resolve({ status, signal })));
    const ended = this.#exited.then(({ status, signal }) => {
      const how = signal ?? `status ${status}`;
      if (this.#isMissed) this.#options.died(this, how);
      throw new Error(`${this.name} ended with ${how} before it was ready; its log says why`);
    });
    ended.catch(() => undefined);
    const ready = await Promise.race([readyLine(child.stdout), ended]);
    this.url = ready.http;
    await Promise.race([this.#untilReady(), ended]);
    this.#isMissed = true;
  }

  /** SIGTERM, and SIGKILL when that does not help. Answers the exit status. */
  async stop() {
    if (!this.isRunning) return 0;
    this.#isMissed = false;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    const { status } = await this.#exited;
    clearTimeout(timer);
    return status;
  }

  /** SIGKILL, as a power cut would. */
  async kill() {
    this.#isMissed = false;
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  #spawn() {
    const { app, env, port, log } = this.#options;
    const program = [...NODE_FLAGS, join(ROOT, 'apps', app, 'bundle/main.js')];
    const child = spawn(process.execPath, [...program, '--json'], {
      env: { ...env, GEMEL_HTTP_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in a terminal is for the one who ends them in good order, not for all at once.
      detached: true,
    });
    createInterface({ input: child.stderr }).on('line', (line) => log(`${this.name} | ${line}`));
    return child;
  }

  async #untilReady() {
    const end = performance.now() + READY_WITHIN_MS;
    for (;;) {
      const answer = await fetch(new URL('/ready', this.url)).catch(() => undefined);
      const report = await answer?.text();
      if (answer?.status === 200) return;
      if (performance.now() > end) throw new Error(`${this.name} is not ready: ${report ?? 'it does not answer'}`);
      await pause(LOOK_AGAIN_MS);
    }
  }
}

async function readyLine(stream) {
  for await (const line of createInterface({ input: stream })) if (line.startsWith('{')) return JSON.parse(line);
  return new Promise(() => undefined); // it ends
}
