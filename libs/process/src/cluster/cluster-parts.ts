import { hostname } from 'node:os';
import type { HistorianMetrics } from '@gemel/application/history';
import type { Logger } from '@gemel/application/ports';
import { openClusterPorts, randomIds, wireCore } from '@gemel/wiring';
import type { ClusterPorts } from '@gemel/wiring';
import type { FactoryProvider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { PARTS, showMeters } from '../serving/index.js';
import { coreLimitsOf, retentionRulesOf } from '../settings/index.js';
import type { CoreSettings, PastSettings } from '../settings/index.js';

/** Names of the services in what `/ready` answers. */
export const MONGODB = 'mongodb';

export interface ClusterPartSettings extends CoreSettings, PastSettings {
  readonly GEMEL_MONGODB_URL: string;
  readonly GEMEL_MONGODB_DATABASE: string;
  readonly GEMEL_MONGODB_SELECTION_TIMEOUT_MS: number;
  readonly GEMEL_KAFKA_BROKERS: readonly string[];
  readonly GEMEL_KAFKA_TOPIC: string;
  readonly GEMEL_INFLUXDB_URL: string;
  readonly GEMEL_INFLUXDB_TOKEN: string;
  readonly GEMEL_INFLUXDB_ORG: string;
  readonly GEMEL_INFLUXDB_BUCKET: string;
  readonly GEMEL_REPLICA_NAME: string;
  readonly GEMEL_CACHE_MAX_BYTES: number;
  readonly GEMEL_CONSISTENCY_CHECKS_PER_MINUTE: number;
  readonly GEMEL_HISTORY_RETENTION_DAYS?: number;
}

/** What an app does with the use cases. */
export interface ClusterRole {
  /** Whether it streams events to clients. @default false */
  readonly streams?: boolean;
  /** Whether it sends or receives messages and other live signals. @default false */
  readonly live?: boolean;
  /** Makes what is told of the history's writing, in a process that does it. */
  readonly history?: (registry: Registry) => HistorianMetrics;
}

const UNWATCHED: HistorianMetrics = { written: () => undefined };

/** Ports on the services of the cluster, and the use cases on them. */
export function clusterParts(
  settings: ClusterPartSettings,
  log: Logger,
  { streams = false, live = false, history = () => UNWATCHED }: ClusterRole = {},
): readonly FactoryProvider[] {
  return [
    {
      provide: PARTS.ports,
      inject: [PARTS.registry],
      useFactory: async (registry: Registry) => {
        const ports = await open(settings, { streams, live }, log);
        showMeters(registry, ports.meters);
        return ports;
      },
    },
    {
      provide: PARTS.core,
      inject: [PARTS.ports, PARTS.registry],
      useFactory: (ports: ClusterPorts, registry: Registry) => {
        const core = wireCore(ports, coreLimitsOf(settings), { metrics: history(registry), logger: log });
        showMeters(registry, [
          ...core.search.meters,
          ...core.types.conformance.meters,
          ...core.jobs.worker.meters,
          ...core.live.hub.meters,
        ]);
        return core;
      },
    },
  ];
}

function open(
  settings: ClusterPartSettings,
  { streams, live }: Required<Pick<ClusterRole, 'streams' | 'live'>>,
  log: Logger,
): Promise<ClusterPorts> {
  const replica = settings.GEMEL_REPLICA_NAME || `${hostname()}-${randomIds.uuid().slice(0, 8)}`;
  const { GEMEL_HISTORY_RETENTION_DAYS: retentionDays = 0 } = settings;
  log.info({ replica }, 'opens the services of the cluster');
  return openClusterPorts({
    mongo: {
      url: settings.GEMEL_MONGODB_URL,
      database: settings.GEMEL_MONGODB_DATABASE,
      unreachedMs: settings.GEMEL_MONGODB_SELECTION_TIMEOUT_MS,
    },
    kafka: { brokers: settings.GEMEL_KAFKA_BROKERS, topic: settings.GEMEL_KAFKA_TOPIC },
    influx: {
      url: settings.GEMEL_INFLUXDB_URL,
      token: settings.GEMEL_INFLUXDB_TOKEN,
      org: settings.GEMEL_INFLUXDB_ORG,
      bucket: settings.GEMEL_INFLUXDB_BUCKET,
      ...(retentionDays === 0 ? {} : { retentionDays }),
    },
    streams,
    live,
    replica,
    cacheBytes: settings.GEMEL_CACHE_MAX_BYTES,
    retentionRules: retentionRulesOf(settings),
    checksPerMinute: settings.GEMEL_CONSISTENCY_CHECKS_PER_MINUTE,
    log,
  });
}
