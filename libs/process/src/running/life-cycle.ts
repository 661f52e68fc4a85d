import type { Logger } from '@gemel/application/ports';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

/** A part of the process that works by itself. */
export interface Stage {
  /** For people: what is not there, or what has not ended. */
  readonly name: string;
  start?(): void | Promise<void>;
  stop(): Promise<void>;
}

/** The parts of a process in the order in which the data flows: so they end, and nothing is cut off. */
export interface Stages {
  /** What brings work in, apart from HTTP requests. Ends first, while requests are still answered. */
  readonly sources: readonly Stage[];
  /** What goes on working on it, and what it is kept in. Ends when the last request is answered. */
  readonly sinks: readonly Stage[];
}

export type Phase = 'starting' | 'running' | 'stopping';

/** The process is at its end, and some parts of it are not. */
export class StopFailed extends Error {
  constructor(parts: readonly string[]) {
    super(`These parts did not stop in good order: ${parts.join(', ')}. The log says why.`);
  }
}

const REQUESTS = 'HTTP requests';

/** Starts the parts of a process, sinks first, and ends them in the order of the data. */
export class LifeCycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #phase: Phase = 'starting';
  #stages: Stages = { sources: [], sinks: [] };
  #failed = false;
  readonly #closing = new Set<string>();

  constructor(private readonly log: Logger) {}

  get phase(): Phase {
    return this.#phase;
  }

  /** Names of what has begun to end and has not ended. */
  get closing(): readonly string[] {
    return [...this.#closing];
  }

  /** To be called once, before the start. */
  take(stages: Stages): void {
    this.#stages = stages;
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const stage of [...this.#stages.sinks.toReversed(), ...this.#stages.sources]) await stage.start?.();
  }

  /** The server listens: the process does its work from now on. */
  started(): void {
    this.#phase = 'running';
  }

  /** Requests are refused and those under way answered after this. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#phase = 'stopping';
    this.log.info({}, 'stopping');
    await this.#stop(this.#stages.sources);
    this.#closing.add(REQUESTS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closing.delete(REQUESTS);
    await this.#stop(this.#stages.sinks);
    if (this.#failed) throw new StopFailed(this.closing);
    this.log.info({}, 'stopped');
  }

  /** One that fails does not keep the others from ending. */
  async #stop(stages: readonly Stage[]): Promise<void> {
    for (const { name } of stages) this.#closing.add(name);
    for (const stage of stages) {
      try {
        await stage.stop();
        this.#closing.delete(stage.name);
      } catch (error) {
        this.#failed = true;
        this.log.error({ error, stage: stage.name }, 'a part of the process did not stop in good order');
      }
    }
  }
}
