import type { HttpMetrics } from '@gemel/api/http';
import { Membership } from '@gemel/application/operations';
import type { ClusterPorts } from '@gemel/wiring';
import { ProcessLogLevels } from '../running/index.js';
import type { AdjustableLogger, LifeCycle, Stage } from '../running/index.js';
import { Readiness, otherReplicas, selfOf } from '../serving/index.js';
import type { OperatedProcess } from '../serving/index.js';
import type { LogLevel } from '../settings/index.js';
import { MONGODB } from './cluster-parts.js';
import { work } from './stages.js';

export interface ReplicaParts {
  readonly services: OperatedProcess['services'];
  readonly settings: Readonly<Record<string, unknown>> & { readonly GEMEL_LOG_LEVEL: LogLevel };
  readonly log: AdjustableLogger;
  readonly ports: ClusterPorts;
  readonly metrics: HttpMetrics;
  readonly lifeCycle: LifeCycle;
}

/** A replica as operators see it, and its place among the others. */
export interface OperatedReplica {
  readonly operated: OperatedProcess;
  readonly membership: Membership;
  /** Tells the other processes of this one for as long as it runs. */
  readonly presence: Stage;
}

export function operatedReplica({ services, settings, log, ports, metrics, lifeCycle }: ReplicaParts): OperatedReplica {
  // Without Kafka writes go on and readers catch up later.
  const readiness = new Readiness({ lifeCycle, ask: () => ports.readiness(), required: [MONGODB], log });
  const levels = new ProcessLogLevels(log, settings.GEMEL_LOG_LEVEL);
  const own = { services, instance: ports.replica, settings, levels, readiness, metrics };
  const { presences: board, clock, timers, records, ids } = ports;
  const membership = new Membership({ self: selfOf(own), board, clock, timers, log });
  const replicas = otherReplicas(own, membership, { records, clock, timers, ids, log });
  return {
    operated: { ...own, others: replicas.others },
    membership,
    presence: work('presence', () => [membership.announce(), replicas.serve()]),
  };
}
