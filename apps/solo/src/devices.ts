import { hostname } from 'node:os';
import type { JwtAuthenticator, PasswordAuthenticator } from '@gemel/api/http';
import { DeadLetterExchange, DiversionExchange, LocalLeases } from '@gemel/application/connections';
import type { ConnectionManagement, ConnectionRunner, FixedConnection } from '@gemel/application/connections';
import {
  DEVICES,
  FailureLog,
  Ingest,
  LiveTarget,
  OPENTWINS_TARGET,
  TwinAcks,
  TwinEventTarget,
} from '@gemel/application/ingest';
import { DeviceCredentials, MqttUsers, isStillIssued } from '@gemel/application/mqtt-users';
import type { Logger, OutboundPublisher, Subscription } from '@gemel/application/ports';
import type { Target } from '@gemel/model/connections';
import { DEFAULT_MAPPING } from '@gemel/model/mapping';
import { parseTemplate } from '@gemel/model/placeholders';
import { parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import { openManagement, openRunner, openScripts, runConnections } from '@gemel/process/connections';
import { brokers, scryptHasher } from '@gemel/wiring';
import type { Core, EmbeddedPorts } from '@gemel/wiring';
import { brokerConnection } from './broker-connection.js';
import { brokerDoor } from './broker-door.js';
import type { Settings } from './config.js';

type OpenBroker = Awaited<ReturnType<typeof brokers.embedded>>;
type Broker = Awaited<ReturnType<OpenBroker>>;

/** Everything between the devices and the twins: the broker, what comes in, what goes out. */
export interface Devices {
  readonly broker: Broker;
  readonly mqttUsers: MqttUsers;
  readonly credentials: DeviceCredentials;
  readonly ingest: Ingest;
  readonly failures: FailureLog;
  /** Undefined when no target is configured. */
  readonly target: TwinEventTarget | undefined;
  readonly liveTarget: LiveTarget | undefined;
  readonly connections: Connections;
}

/** To other brokers, managed over HTTP. */
export interface Connections {
  readonly runner: ConnectionRunner;
  readonly management: ConnectionManagement;
  start(): Subscription;
}

export interface DeviceParts {
  readonly core: Core;
  readonly ports: EmbeddedPorts;
  readonly users: PasswordAuthenticator;
  /** Those whose tokens are taken in place of a password. */
  readonly bearers: readonly JwtAuthenticator[];
  readonly log: Logger;
}

/** Starts the broker with the configured source and target. @throws PortTaken */
export async function openDevices(
  settings: Settings,
  { core, ports, users, bearers, log }: DeviceParts,
): Promise<Devices> {
  const failures = new FailureLog(ports.clock, log);
  const ingest = new Ingest(core.things, failures, ports.ids, {
    maxPayloadBytes: settings.GEMEL_REQUEST_MAX_BYTES,
    beginsTraces: settings.GEMEL_TRACING,
    live: core.live.inbox,
    policies: core.policies,
    acks: new TwinAcks(core.acks),
    queries: core.queries,
  });
  const shown = brokerConnection(settings, ports.clock);
  shown?.follow(ports.connections);
  const receivers = settings.GEMEL_MQTT_TARGET_SUBJECTS.map(parseSubjectId);
  const address = settings.GEMEL_MQTT_TARGET;
  const openBroker = await brokers.embedded();
  const { mqttUsers, credentials } = signingIn(settings, { core, ports, log }, (name, change) => {
    broker.userChanged(name, change);
  });
  const broker: Broker = await openBroker({
    host: settings.GEMEL_MQTT_HOST,
    port: settings.GEMEL_MQTT_PORT,
    folder: settings.GEMEL_DATA_DIR,
    authenticate: brokerDoor({ mqttUsers, users, bearers, clock: ports.clock }),
    onMessage: shown?.watchInbound(ingest.handle) ?? ingest.handle,
    topics: { sources: settings.GEMEL_MQTT_SOURCES, targets: address === '' ? [] : [filterOf(address)], receivers },
    // Twice what ingest takes: a message that is a little too large is recorded instead of ending its connection.
    limits: { packetBytes: 2 * settings.GEMEL_REQUEST_MAX_BYTES },
    log,
  });
  shown?.opened();
  const outlet = shown?.watchOutbound(broker) ?? broker;
  const sources = { feed: ports.feed, states: ports.states, enforcers: core.enforcers };
  const target =
    address === ''
      ? undefined
      : new TwinEventTarget({ ...OPENTWINS_TARGET, address, subjects: receivers }, sources, outlet, log);
  target?.start();
  const liveTarget = address === '' ? undefined : liveTargetTo(outlet, { address, receivers, core, ports, log });
  const connections = openConnections(settings, {
    core,
    ports,
    ingest,
    log,
    fixed: shown === undefined ? [] : [shown],
  });
  return { broker, mqttUsers, credentials, ingest, failures, target, liveTarget, connections };
}

/** Who signs in to the broker, and who manages that. */
function signingIn(
  settings: Settings,
  { core, ports, log }: Pick<DeviceParts, 'core' | 'ports' | 'log'>,
  onChange: (name: string, change: 'modified' | 'deleted') => void,
): Pick<Devices, 'mqttUsers' | 'credentials'> {
  const { records, states, clock, ids } = ports;
  const users = new MqttUsers(records, scryptHasher(), onChange, (user) => isStillIssued(states, user));
  const topics = { publish: settings.GEMEL_MQTT_DEVICE_PUBLISH, subscribe: settings.GEMEL_MQTT_DEVICE_SUBSCRIBE };
  const credentials = new DeviceCredentials({ users, states, enforcers: core.enforcers, topics, clock, ids, log });
  return { mqttUsers: users, credentials };
}

type ConnectionParts = Omit<DeviceParts, 'users' | 'bearers'> & {
  readonly ingest: Ingest;
  readonly fixed: readonly FixedConnection[];
};

function openConnections(settings: Settings, { core, ports, ingest, log, fixed }: ConnectionParts): Connections {
  const { clock, timers, ids, feed, states, connections: store } = ports;
  const runner = openRunner(settings, {
    leases: new LocalLeases(hostname(), log),
    ingest,
    live: core.live.hub,
    announcements: core.announcements,
    diversions: new DiversionExchange(ports.live),
    deadLetters: new DeadLetterExchange({ bus: ports.live, ids, timers }),
    acks: core.live.acks,
    events: { feed, states, enforcers: core.enforcers },
    positions: store,
    clock,
    timers,
    scripts: () => openScripts(settings),
    log,
  });
  const reports = {
    reportsOf: (id: string) => Promise.resolve(runner.reportsOf(id)),
  };
  const management = openManagement(settings, { store, reports, clock, timers, ids, fixed });
  const onChange = (listener: () => void) => store.onChange(listener);
  const running = { runner, management, store, onChange, seeds: [], timers, log };
  return { runner, management, start: () => runConnections(settings, running) };
}

interface LiveTargetParts extends Omit<DeviceParts, 'users' | 'bearers'> {
  readonly address: string;
  readonly receivers: readonly SubjectId[];
}

function liveTargetTo(
  publisher: OutboundPublisher,
  { address, receivers, core, ports, log }: LiveTargetParts,
): LiveTarget {
  const { clock } = ports;
  return new LiveTarget(liveTargetAt(address, receivers), {
    hub: core.live.hub,
    publisher,
    clock,
    log,
    origin: DEVICES,
  });
}

/** Everything live, where twin events go, too. */
function liveTargetAt(address: string, subjects: readonly SubjectId[]): Target {
  const all = { namespaces: undefined, filter: undefined, extraFields: undefined };
  return {
    address: parseTemplate(address),
    topics: (['live-messages', 'live-commands', 'live-events'] as const).map((signals) => ({ signals, ...all })),
    qos: OPENTWINS_TARGET.qos,
    subjects,
    headerMapping: undefined,
    payloadMapping: DEFAULT_MAPPING,
    issuedAck: undefined,
  };
}

/** The topics that an address with placeholders can become: each level that holds one is any. */
function filterOf(address: string): string {
  const levels = address.replaceAll(/{{.*?}}/g, '+').split('/');
  const fixed = levels.findIndex((level) => level.includes('+'));
  return fixed < 0 ? address : [...levels.slice(0, fixed), '#'].join('/');
}
