import type { PiggybackCommands, Statistics } from '@gemel/api/operations';
import { SudoCommands } from '@gemel/application/operations';
import type { HeldEntities, StateStore, ThingSearch } from '@gemel/application/ports';
import { liveThing } from '@gemel/model/things';

/** Of a process that holds twins. */
export interface TwinOperations {
  readonly statistics: Statistics;
  readonly commands: PiggybackCommands;
}

interface TwinPorts extends HeldEntities {
  readonly states: StateStore;
  readonly index: ThingSearch;
}

/** Counts twins and looks into them, whoever may read them. */
export function twinOperations(ports: TwinPorts): TwinOperations {
  const { states, index } = ports;
  return {
    statistics: { held: () => ports.held(), thingCount: () => index.count({ view: liveThing }) },
    commands: new SudoCommands({ states, index }),
  };
}
