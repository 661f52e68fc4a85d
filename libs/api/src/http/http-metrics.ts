import { Histogram, collectDefaultMetrics } from 'prom-client';
import type { Registry } from 'prom-client';

type Child = Histogram.Internal<string>;

/** Durations of requests by route, for Prometheus. */
export class HttpMetrics {
  readonly #durations: Histogram;
  readonly #children = new Map<string, Child>();
  #collecting = false;

  constructor(private readonly registry: Registry) {
    this.#durations = new Histogram({
      name: 'gemel_http_request_duration_seconds',
      help: 'From the parsed request head to the handed-over answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
  }

  observe(method: string, route: string, status: number, ms: number): void {
    const key = `${status} ${method} ${route}`;
    let child = this.#children.get(key);
    if (child === undefined) {
      child = this.#durations.labels({ method, route, status: String(status) });
      this.#children.set(key, child);
    }
    child.observe(ms / 1_000);
  }

  /** All metrics of the registry as Prometheus text, those of the process from the second call on. */
  async text(): Promise<string> {
    if (!this.#collecting) {
      this.#collecting = true;
      collectDefaultMetrics({ register: this.registry });
    }
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
