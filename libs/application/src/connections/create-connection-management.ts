import type { ConnectionRules } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import type { Clock, ConnectionStore, IdSource, MappingScripts, SecretLock, Timers } from '../ports/index.js';
import { ConnectionControl } from './connection-control.js';
import type { ConnectionReports } from './connection-control.js';
import { ConnectionRegistry } from './connection-registry.js';
import { ConnectionService } from './connection-service.js';
import type { FixedConnection } from './connection-service.js';
import { ConnectionTester } from './connection-tester.js';
import type { TesterParts } from './connection-tester.js';

export interface ConnectionManagementParts extends TesterParts {
  readonly store: ConnectionStore;
  readonly reports: ConnectionReports;
  readonly lock: SecretLock;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  readonly options: ConnectionManagementOptions;
  /** Connections that are shown and ruled by something else. */
  readonly fixed?: readonly FixedConnection[];
  /** @throws ConnectionConfigurationInvalid */
  readonly checkHosts: (definition: JsonObject) => Promise<void>;
  /** Loads what runs the scripts of mappers. */
  readonly scripts: () => Promise<MappingScripts>;
}

export interface ConnectionManagementOptions {
  readonly rules: ConnectionRules;
  /** Most connections that are listed at once. */
  readonly maxListed: number;
  /** How long logs are kept after somebody has asked for them, in milliseconds. */
  readonly logsForMs: number;
}

/** Everything that operators do with connections. */
export interface ConnectionManagement {
  readonly registry: ConnectionRegistry;
  readonly connections: ConnectionService;
  readonly control: ConnectionControl;
}

export function createConnectionManagement(parts: ConnectionManagementParts): ConnectionManagement {
  const { fixed = [] } = parts;
  const reports: ConnectionReports = {
    lookedAt: (id) => parts.reports.lookedAt?.(id),
    reportsOf: async (id) => {
      const found = fixed.find((each) => each.id === id);
      return found === undefined ? parts.reports.reportsOf(id) : [found.report()];
    },
  };
  const { rules, maxListed, logsForMs } = parts.options;
  const registry = new ConnectionRegistry(parts);
  const connections = new ConnectionService({
    ...parts,
    registry,
    rules,
    maxListed,
    tester: new ConnectionTester(parts),
  });
  return {
    registry,
    connections,
    control: new ConnectionControl({ ...parts, reports, connections, rules, logsForMs }),
  };
}
