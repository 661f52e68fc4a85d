import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';
import { consumersAt } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import type { Hindrance } from './target-progress.js';

type RecoveryStatus = 'ongoing' | 'succeeded' | 'backOffLimitReached' | 'unknown';
type LiveStatus = 'open' | 'closed' | 'failed' | 'misconfigured' | 'unknown';

export interface ResourceStatus {
  readonly type: 'client' | 'source' | 'target';
  /** The replica. */
  readonly client: string;
  /** Of sources and targets. */
  readonly address?: string;
  readonly status: LiveStatus;
  /** Of clients. */
  readonly recoveryStatus?: RecoveryStatus;
  readonly statusDetails: string;
  readonly inStateSince: string;
}

/** Ditto's status of a connection, as this replica sees it. */
export interface ConnectionStatus {
  readonly connectionId: string;
  /** What it should be. */
  readonly connectionStatus: 'open' | 'closed';
  /** What it is; unknown while another replica has it. */
  readonly liveStatus: LiveStatus;
  readonly recoveryStatus?: RecoveryStatus;
  readonly connectedSince?: string;
  readonly clientStatus: readonly ResourceStatus[];
  readonly sourceStatus: readonly ResourceStatus[];
  readonly targetStatus: readonly ResourceStatus[];
}

/** opening: it has not failed yet; connecting: it has, and tries again. */
export type ClientStatus = 'opening' | 'connecting' | 'open' | 'misconfigured' | 'failed' | 'closed';

/** What a replica knows of a connection that it holds. */
export interface LiveState {
  readonly status: { readonly state: ClientStatus; readonly detail: string };
  /** When the state last changed. */
  readonly since: Instant;
  /** For each target, what keeps it from publishing, or undefined. */
  readonly hindrances: readonly (Hindrance | undefined)[];
}

/** @param live undefined when this replica does not hold it @param replica its name */
export function connectionStatus(
  { id, type, status: connectionStatus, sources, targets }: Connection,
  live: LiveState | undefined,
  replica: string,
): ConnectionStatus {
  const wanted = { connectionId: id, connectionStatus };
  if (live === undefined) {
    const liveStatus = connectionStatus === 'closed' ? 'closed' : 'unknown';
    return { ...wanted, liveStatus, clientStatus: [], sourceStatus: [], targetStatus: [] };
  }
  const { state, detail } = live.status;
  const { liveStatus, recoveryStatus } = STATES[state];
  const inStateSince = formatInstant(live.since);
  const common = { client: replica, status: liveStatus, statusDetails: detail, inStateSince };
  return {
    ...wanted,
    liveStatus,
    recoveryStatus,
    ...(state === 'open' ? { connectedSince: inStateSince } : undefined),
    clientStatus: [{ type: 'client', ...common, recoveryStatus }],
    sourceStatus: sources.flatMap((source) =>
      source.addresses.flatMap((address) =>
        Array.from({ length: consumersAt(type, source, address) }, () => ({
          type: 'source' as const,
          address,
          ...common,
        })),
      ),
    ),
    targetStatus: targets.map(({ address }, index) => ({
      type: 'target' as const,
      address: address.text,
      ...common,
      ...hindranceOf(live, index),
    })),
  };
}

/** Without a connection there is no need for further reasons. */
function hindranceOf({ status, hindrances }: LiveState, index: number): Hindrance | undefined {
  const hindrance = hindrances[index];
  return status.state === 'open' || hindrance?.status === 'unknown' ? hindrance : undefined;
}

/** How what has these parts is doing: as well as the worst of them. [ditto RetrieveConnectionStatusAggregatorActor] */
export function liveStatusOf(parts: readonly string[]): LiveStatus {
  if (parts.includes('failed')) return 'failed';
  if (parts.includes('misconfigured')) return 'misconfigured';
  if (parts.length > 0 && parts.every((part) => part === 'open')) return 'open';
  return parts.length > 0 && parts.every((part) => part === 'closed') ? 'closed' : 'unknown';
}

/** The clients of one connection together. */
export function mergedStatus(first: ConnectionStatus, others: readonly ConnectionStatus[]): ConnectionStatus {
  const all = [first, ...others];
  const liveStatus = liveStatusOf(all.map((each) => each.liveStatus));
  return {
    ...(all.find((each) => each.liveStatus === liveStatus) ?? first),
    liveStatus,
    clientStatus: all.flatMap(({ clientStatus }) => clientStatus),
    sourceStatus: all.flatMap(({ sourceStatus }) => sourceStatus),
    targetStatus: all.flatMap(({ targetStatus }) => targetStatus),
  };
}

const STATES: Readonly<
  Record<ClientStatus, { readonly liveStatus: LiveStatus; readonly recoveryStatus: RecoveryStatus }>
> = {
  opening: { liveStatus: 'unknown', recoveryStatus: 'ongoing' },
  connecting: { liveStatus: 'failed', recoveryStatus: 'ongoing' },
  open: { liveStatus: 'open', recoveryStatus: 'succeeded' },
  misconfigured: { liveStatus: 'misconfigured', recoveryStatus: 'ongoing' },
  failed: { liveStatus: 'failed', recoveryStatus: 'backOffLimitReached' },
  closed: { liveStatus: 'closed', recoveryStatus: 'unknown' },
};
