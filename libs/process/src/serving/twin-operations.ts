import type { PiggybackCommands, Statistics } from '@gemel/api/operations';
import { ConnectivityCommands } from '@gemel/application/connections';
import type { ConnectionManagement } from '@gemel/application/connections';
import { SeveralCommands, SudoCommands } from '@gemel/application/operations';
import type { Clock, HeldEntities, StateStore, ThingSearch } from '@gemel/application/ports';
import { liveThing } from '@gemel/model/things';

/** Of a process that holds twins. */
export interface TwinOperations {
  readonly statistics: Statistics;
  readonly commands: PiggybackCommands;
}

interface TwinPorts extends HeldEntities {
  readonly states: StateStore;
  readonly index: ThingSearch;
  readonly clock: Clock;
}

/** Counts twins and looks into them, whoever may read them, and manages connections. */
export function twinOperations(ports: TwinPorts, management: ConnectionManagement): TwinOperations {
  const { states, index } = ports;
  return {
    statistics: { held: () => ports.held(), thingCount: () => index.count({ view: liveThing }) },
    commands: new SeveralCommands([
      new SudoCommands({ states, index }),
      new ConnectivityCommands(management, ports.clock),
    ]),
  };
}
