import { collectDefaultMetrics } from 'prom-client';
import type { Registry } from 'prom-client';
import { RequestDurations } from './request-durations.js';
import type { Observe } from './request-durations.js';

/** What Prometheus is told: durations of requests by route, the process, and what others put into the registry. */
export class HttpMetrics {
  readonly #durations = new RequestDurations();
  #collecting = false;

  constructor(private readonly registry: Registry) {}

  /** Counts the requests of one route. */
  ofRoute(route: string): Observe {
    return this.#durations.ofRoute(route);
  }

  /** All metrics as Prometheus text, those of the process from the first call on. */
  async text(): Promise<string> {
    if (!this.#collecting) {
      this.#collecting = true;
      collectDefaultMetrics({ register: this.registry });
    }
    return this.#durations.text() + (await this.registry.metrics());
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
