import type { Logger, Subscription } from '@gemel/application/ports';
import type { Core, EmbeddedPorts } from '@gemel/wiring';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Devices } from './devices.js';

/** Starts the readers of events; ends everything in the order in which the data flows, so that nothing is cut off. */
export class SoloLifeCycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #readers: readonly Subscription[] = [];

  constructor(
    private readonly ports: EmbeddedPorts,
    private readonly core: Core,
    private readonly devices: Devices,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#readers = this.core.readers.map((reader) => this.ports.feed.follow(reader));
  }

  /** The HTTP server is closed after this. */
  async beforeApplicationShutdown(): Promise<void> {
    this.log.info({}, 'stopping');
    await this.core.streams.close();
    await this.devices.target?.stop();
    await this.devices.broker.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.stop()));
    await this.ports.close();
    this.log.info({}, 'stopped');
  }
}
