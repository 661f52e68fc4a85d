import type { LeaseKeeper } from '@gemel/application/leases';
import type { Logger, Meter, PartState, Subscription } from '@gemel/application/ports';
import type { Ports } from './core.js';

export interface ClusterOptions {
  readonly mongo: { readonly url: string; readonly database: string };
  readonly kafka: { readonly brokers: readonly string[]; readonly topic: string };
  readonly influx: {
    readonly url: string;
    readonly token: string;
    readonly org: string;
    readonly bucket: string;
    /** Undefined keeps everything. */
    readonly retentionDays?: number;
  };
  /** Unique name of this replica. */
  readonly replica: string;
  readonly cacheBytes: number;
  readonly log: Logger;
}

/** Ports on services that several replicas share. */
export interface ClusterPorts extends Ports {
  readonly leases: LeaseKeeper;
  /** Starts what one replica of things does for all, under leases: the relay to the bus, the repair of states. */
  startDuties(): Subscription;
  /** One entry for each outside service. */
  readiness(): Promise<readonly PartState[]>;
  readonly meters: readonly Meter[];
  close(): Promise<void>;
}

export class ClusterNotThere extends Error {
  constructor() {
    super('The adapters of the cluster are not part of this build. Start solo with: npm start');
  }
}

/** @throws ClusterNotThere */
export function openClusterPorts(_options: ClusterOptions): Promise<ClusterPorts> {
  return Promise.reject(new ClusterNotThere());
}
