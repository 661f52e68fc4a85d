import type { PiggybackCommands, Statistics } from '@gemel/api/operations';
import { ConnectivityCommands } from '@gemel/application/connections';
import type { ConnectionManagement } from '@gemel/application/connections';
import { NamespacePurge } from '@gemel/application/namespaces';
import type { BlockedNamespaces, NamespacePurgeParts } from '@gemel/application/namespaces';
import {
  NamespaceCommands,
  SeveralCommands,
  SudoChanges,
  SudoCommands,
  UpkeepCommands,
} from '@gemel/application/operations';
import type { HeldEntities, StateStore, ThingSearch } from '@gemel/application/ports';
import { liveThing } from '@gemel/model/things';

/** Of a process that holds twins. */
export interface TwinOperations {
  readonly statistics: Statistics;
  readonly commands: PiggybackCommands;
}

interface TwinPorts extends HeldEntities, NamespacePurgeParts {
  readonly states: StateStore;
  readonly index: ThingSearch;
  readonly blocked: BlockedNamespaces;
}

/** Counts twins and looks into them, whoever may read them, erases namespaces, and manages connections. */
export function twinOperations(ports: TwinPorts, management: ConnectionManagement): TwinOperations {
  const { states, index, blocked, thinner, clock } = ports;
  return {
    statistics: { held: () => ports.held(), thingCount: () => index.count({ view: liveThing }) },
    commands: new SeveralCommands(
      [
        new SudoCommands({ states, index }),
        new SudoChanges(ports),
        new UpkeepCommands(thinner),
        new ConnectivityCommands(management, clock),
      ],
      new NamespaceCommands({ blocked, purge: new NamespacePurge(ports) }),
    ),
  };
}
