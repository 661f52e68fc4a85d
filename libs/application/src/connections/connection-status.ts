import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';
import type { Connection } from '@gemel/model/connections';
import type { ConnectorStatus } from '../ports/index.js';

type LiveStatus = 'open' | 'closed' | 'failed' | 'misconfigured' | 'unknown';

export interface ResourceStatus {
  readonly type: 'client' | 'source' | 'target';
  /** The replica. */
  readonly clientId: string;
  /** Of sources and targets. */
  readonly address?: string;
  readonly status: LiveStatus;
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
  readonly recoveryStatus?: 'ongoing' | 'succeeded' | 'backOffLimitReached';
  readonly connectedSince?: string;
  readonly clientStatus: readonly ResourceStatus[];
  readonly sourceStatus: readonly ResourceStatus[];
  readonly targetStatus: readonly ResourceStatus[];
}

/** What a replica knows of a connection that it holds. */
export interface LiveState {
  readonly status: ConnectorStatus;
  /** When the state last changed. */
  readonly since: Instant;
  /** For each target, whether it has its place among the events: what happens from now on is published. */
  readonly placed: readonly boolean[];
}

const UNPLACED = { status: 'unknown', statusDetails: 'waits for its place among the events' } as const;

/** @param live undefined when this replica does not hold it @param replica its name */
export function connectionStatus(
  { id, status: connectionStatus, sources, targets }: Connection,
  live: LiveState | undefined,
  replica: string,
): ConnectionStatus {
  const wanted = { connectionId: id, connectionStatus };
  if (live === undefined) {
    const liveStatus = connectionStatus === 'closed' ? 'closed' : 'unknown';
    return { ...wanted, liveStatus, clientStatus: [], sourceStatus: [], targetStatus: [] };
  }
  const { state, detail } = live.status;
  const liveStatus = state === 'connecting' ? 'failed' : state;
  const inStateSince = formatInstant(live.since);
  const common = { clientId: replica, status: liveStatus, statusDetails: detail, inStateSince };
  return {
    ...wanted,
    liveStatus,
    recoveryStatus: recovery(state),
    ...(state === 'open' ? { connectedSince: inStateSince } : undefined),
    clientStatus: [{ type: 'client', ...common }],
    sourceStatus: sources.flatMap(({ addresses }) =>
      addresses.map((address) => ({ type: 'source' as const, address, ...common })),
    ),
    targetStatus: targets.map(({ address }, index) => ({
      type: 'target' as const,
      address: address.text,
      ...common,
      ...(live.placed[index] === true ? undefined : UNPLACED),
    })),
  };
}

function recovery(state: ConnectorStatus['state']): 'ongoing' | 'succeeded' | 'backOffLimitReached' {
  switch (state) {
    case 'open':
      return 'succeeded';
    case 'failed':
      return 'backOffLimitReached';
    case 'connecting':
    case 'misconfigured':
      return 'ongoing';
  }
}
