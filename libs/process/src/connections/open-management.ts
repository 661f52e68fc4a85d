import { ConnectionNotices, createConnectionManagement } from '@gemel/application/connections';
import type { ConnectionManagement, ConnectionReports, FixedConnection } from '@gemel/application/connections';
import type { Clock, ConnectionStore, IdSource, MappingScripts, Timers } from '@gemel/application/ports';
import type { ConnectionRules, HonoKafka } from '@gemel/model/connections';
import { aesLock, connectorOf, hostCheck, scriptEngines } from '@gemel/wiring';
import type { ClusterPorts } from '@gemel/wiring';
import type { ManagementSettings } from '../settings/index.js';

export interface ManagementPorts {
  readonly store: ConnectionStore;
  readonly reports: ConnectionReports;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  /** Connections that are shown and ruled by something else. */
  readonly fixed?: readonly FixedConnection[];
}

/** What operators do with connections, on the ports of the process. */
export function openManagement(settings: ManagementSettings, ports: ManagementPorts): ConnectionManagement {
  const lock = aesLock({
    current: settings.GEMEL_CONNECTIONS_ENCRYPTION_KEY,
    old: settings.GEMEL_CONNECTIONS_OLD_ENCRYPTION_KEY,
  });
  return createConnectionManagement({
    ...ports,
    lock,
    connectors: (type) => connectorOf(type, { httpProxy: settings.GEMEL_HTTP_PROXY_URL }),
    checkHosts: hostCheck(settings.GEMEL_CONNECTIONS_BLOCKED_HOSTS),
    scripts: () => openScripts(settings),
    options: {
      rules: connectionRules(settings),
      maxListed: settings.GEMEL_CONNECTIONS_MAX_LISTED,
      logsForMs: settings.GEMEL_CONNECTIONS_LOGS_MS,
    },
  });
}

/** Of connections that a replica of ingest has open, which hears of what is changed and of who looks. */
export function clusterManagement(
  settings: ManagementSettings,
  { connections: store, live, clock, timers, ids }: ClusterPorts,
): ConnectionManagement {
  const notices = new ConnectionNotices(live);
  store.onChange(() => {
    notices.changed();
  });
  const reports: ConnectionReports = {
    reportsOf: (id) => store.reportsOf(id),
    lookedAt: (id) => {
      notices.lookedAt(id);
    },
  };
  return openManagement(settings, { store, reports, clock, timers, ids });
}

/** What runs the scripts of connections here. */
export function openScripts({ GEMEL_JAVASCRIPT_MODULES_DIR: dir }: ManagementSettings): Promise<MappingScripts> {
  return scriptEngines.quickjs({ modulesDir: dir === '' ? undefined : dir });
}

/** What connections must be like here. */
export function connectionRules(settings: ManagementSettings): ConnectionRules {
  const { GEMEL_CONNECTIONS_MAX_SOURCES: maxSources, GEMEL_CONNECTIONS_MAX_TARGETS: maxTargets } = settings;
  return { unknownMembers: 'ignored', limits: { maxSources, maxTargets }, hono: honoKafka(settings) };
}

/** Undefined when the operator says nothing of it. */
function honoKafka(settings: ManagementSettings): HonoKafka | undefined {
  const { GEMEL_HONO_URI: uri, GEMEL_HONO_BOOTSTRAP_SERVERS: servers, GEMEL_HONO_CA: ca } = settings;
  if (uri === '') return undefined;
  return {
    uri,
    bootstrapServers: servers === '' ? uri.replace(/^.*[@/]/, '') : servers,
    saslMechanism: settings.GEMEL_HONO_SASL_MECHANISM,
    validateCertificates: settings.GEMEL_HONO_VALIDATE_CERTIFICATES,
    ca: ca === '' ? undefined : ca,
  };
}
