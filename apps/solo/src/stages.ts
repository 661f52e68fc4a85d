import type { BackgroundCheck } from '@gemel/application/consistency';
import { startImports } from '@gemel/application/jobs';
import type { OperatorMetrics } from '@gemel/application/operator-metrics';
import { startThinning } from '@gemel/application/past';
import { ExpiredSubjects, startRemoving } from '@gemel/application/policies';
import type { LogThinner } from '@gemel/application/past';
import type { Logger, Subscription } from '@gemel/application/ports';
import type { Stages } from '@gemel/process/running';
import type { Core, EmbeddedPorts } from '@gemel/wiring';
import type { Devices } from './devices.js';

/** What works here besides devices. */
export interface Works {
  readonly thinner: LogThinner;
  readonly checking: BackgroundCheck;
  readonly counted: OperatorMetrics;
  readonly log: Logger;
}

/** What works by itself in this process. */
export function stagesOf(
  ports: EmbeddedPorts,
  core: Core,
  { target, liveTarget, broker, connections, thinner, checking, counted, log }: Devices & Works,
): Stages {
  let readers: readonly Subscription[] = [];
  let running: Subscription | undefined;
  return {
    sources: [
      { name: 'event streams', stop: () => core.streams.close() },
      { name: 'live channel', stop: () => core.live.hub.close() },
      { name: 'announcements', stop: () => core.announcements.close() },
      { name: 'twin event target', stop: async () => target?.stop() },
      { name: 'live target', stop: async () => liveTarget?.stop() },
      {
        name: 'connections',
        start: () => {
          running = connections.start();
        },
        stop: async () => running?.stop(),
      },
      { name: 'MQTT broker', stop: () => broker.close() },
    ],
    sinks: [
      {
        name: 'event readers',
        start: () => {
          readers = [
            ...core.readers.map((reader) => ports.feed.follow(reader)),
            startThinning(thinner, ports.timers, log),
            checking.start(),
            counted.start(),
            startImports(core.jobs.worker, ports.timers, log),
            startRemoving(new ExpiredSubjects({ ...ports, announcer: core.announcer }), ports.timers, log),
          ];
        },
        stop: async () => {
          await Promise.all(readers.map((reader) => reader.stop()));
        },
      },
      { name: 'stores', stop: () => ports.close() },
    ],
  };
}
