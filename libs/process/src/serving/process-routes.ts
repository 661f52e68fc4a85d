import type { HttpMetrics, Route } from '@gemel/api/http';
import { devopsRoutes, operationRoutes, piggybackRoutes, statsRoutes, statusRoutes } from '@gemel/api/operations';
import type { DevopsParts, LogLevels, OwnDevops, ReadinessCheck } from '@gemel/api/operations';
import type { Membership } from '@gemel/application/operations';
import type { ClusterMember } from '@gemel/model/operations';
import { ALIVE } from './alive.js';
import { healthOf, staticStatus } from './own-status.js';
import { shownConfig } from './shown-config.js';
import type { TwinOperations } from './twin-operations.js';

/** A process to those who operate it. */
export interface OperatedProcess {
  /** Ditto's names of the services that it does the work of; the first is its own. */
  readonly services: readonly [string, ...string[]];
  /** Unique in the installation. */
  readonly instance: string;
  /** As read from the environment; secrets are not shown. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly levels: LogLevels;
  readonly readiness: ReadinessCheck;
  readonly metrics: HttpMetrics;
  /** Asks the other processes of the installation; absent where there are none. */
  readonly others?: DevopsParts['others'];
}

/** What the process tells of itself to operators, whichever process they ask. */
export function devopsOf({ services, instance, settings, levels }: DescribedProcess): OwnDevops {
  const config = (service: string, path: string | undefined) => shownConfig({ service, instance, settings }, path);
  return { services, instance, levels, config };
}

type DescribedProcess = Pick<OperatedProcess, 'services' | 'instance' | 'settings' | 'levels'>;

/** How the process shows itself to the others. */
export function selfOf(
  operated: Pick<OperatedProcess, 'services' | 'instance' | 'readiness'>,
): () => Promise<ClusterMember> {
  const { services, instance, readiness } = operated;
  const status = staticStatus(services[0], instance);
  return async () => ({ instance, roles: services, status, health: await healthOf(readiness) });
}

/** What every process answers to those who operate it; those that hold twins also count and look into them. */
export function processRoutes(
  operated: OperatedProcess,
  membership: Membership,
  twins?: TwinOperations,
): readonly Route[] {
  const { services, instance, readiness, metrics, others } = operated;
  // Whoever has the twins is asked about connections, too, wherever these are open.
  const asked = { services: [...new Set([...services, 'connectivity'])], instance };
  return [
    ...operationRoutes({ health: ALIVE, readiness, metrics }),
    ...statusRoutes(membership),
    ...devopsRoutes({ ...devopsOf(operated), others }),
    ...(twins === undefined ? [] : [...statsRoutes(twins.statistics), ...piggybackRoutes(asked, twins.commands)]),
  ];
}
