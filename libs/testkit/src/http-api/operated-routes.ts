import type { Route } from '@gemel/api/http';
import { devopsRoutes, piggybackRoutes, statsRoutes, statusRoutes } from '@gemel/api/operations';
import { ConnectivityCommands } from '@gemel/application/connections';
import type { ConnectionManagement } from '@gemel/application/connections';
import { NamespacePurge } from '@gemel/application/namespaces';
import type { BlockedNamespaces } from '@gemel/application/namespaces';
import {
  Membership,
  NamespaceCommands,
  SeveralCommands,
  SudoChanges,
  SudoCommands,
  UpkeepCommands,
} from '@gemel/application/operations';
import { LogThinner, PastStates } from '@gemel/application/past';
import type { Clock, IdSource, Logger, PresenceBoard } from '@gemel/application/ports';
import { leafStatus, loggerConfigsOf } from '@gemel/model/operations';
import type { LogLevel } from '@gemel/model/operations';
import { liveThing } from '@gemel/model/things';
import { VirtualTimers } from '../memory/index.js';
import type { ApiStore } from './api-store.js';

export interface OperatedParts {
  readonly store: ApiStore;
  readonly health: { readonly ready: boolean };
  readonly board: PresenceBoard;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly blocked: BlockedNamespaces;
  readonly management: ConnectionManagement;
  readonly log: Logger;
}

/** What the API under test is in an installation. */
export const OWN = { services: ['gateway', 'policies', 'search', 'things'], instance: 'here' } as const;

/** Routes of operators on a process that is only its store. */
export function operatedRoutes(parts: OperatedParts): readonly Route[] {
  const { store, health, board, clock, log } = parts;
  const levels = new Map<string, LogLevel>([['ROOT', 'info']]);
  const self = () =>
    Promise.resolve({
      instance: OWN.instance,
      roles: OWN.services,
      status: { service: OWN.services[0], instance: OWN.instance },
      health: health.ready ? leafStatus('store', 'UP') : leafStatus('store', 'DOWN', [{ ERROR: 'it is not there' }]),
    });
  const membership = new Membership({ self, board, clock, timers: new VirtualTimers(), log });
  return [
    ...statusRoutes(membership),
    ...devopsRoutes({
      ...OWN,
      levels: {
        configs: (includeDisabled) => loggerConfigsOf(levels, includeDisabled),
        set: ({ logger, level }) => levels.set(logger, level).size > 0,
      },
      config: (service, path) => ({ service, path: path ?? null }),
    }),
    ...statsRoutes({ held: () => store.held.held(), thingCount: () => store.search.count({ view: liveThing }) }),
    ...piggybackRoutes({ ...OWN, services: [...OWN.services, 'connectivity'] }, commandsOn(parts)),
  ];
}

function commandsOn({ store, clock, ids, blocked, management }: OperatedParts): SeveralCommands {
  const { log, states, search: index, archive, retention, directory } = store;
  const past = new PastStates({ log, archive, clock });
  const consumed = () => log.end();
  const thinner = new LogThinner({ log, retention, past, clock, consumed }, [{ entity: 'thing', beyond: 1 }]);
  const purge = new NamespacePurge({ log, index, directory, clock, ids, thinner });
  return new SeveralCommands(
    [
      new SudoCommands({ states, index }),
      new SudoChanges({ states, log, clock, ids }),
      new UpkeepCommands(thinner),
      new ConnectivityCommands(management, clock),
    ],
    new NamespaceCommands({ blocked, purge }),
  );
}
