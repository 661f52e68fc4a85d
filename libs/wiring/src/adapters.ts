import { MessageRefused } from '@gemel/application/ports';
import type { Connector, ConnectorStatus, MappingScripts } from '@gemel/application/ports';
import type { ConnectionType } from '@gemel/model/connections';

/**
 * Every adapter by its name. Loaded when chosen, so that a small machine never parses what it does not use;
 * a name without a loader does not compile.
 */
type StoreName = 'embedded' | 'mongo';
type FeedName = 'embedded' | 'kafka';
type HistoryName = 'embedded' | 'influx';
type BrokerName = 'embedded';
type VerifierName = 'oidc';
type ScriptEngineName = 'quickjs';

export const stores = {
  embedded: async () => (await import('@gemel/store-embedded')).openEmbeddedStore,
  mongo: async () => (await import('@gemel/store-mongo')).openMongoStore,
} satisfies Record<StoreName, unknown>;

/** Stores of connections, where they are apart from the other stores. */
export const connectionStores = {
  embedded: async () => (await import('@gemel/store-embedded')).openEmbeddedConnections,
};

export const feeds = {
  embedded: async () => (await import('@gemel/bus-embedded')).EmbeddedFeed,
  kafka: async () => (await import('@gemel/bus-kafka')).openKafka,
} satisfies Record<FeedName, unknown>;

/** Carriers of the live channel, named as the feeds are. */
export const liveBuses = {
  embedded: async () => (await import('@gemel/bus-embedded')).EmbeddedLiveBus,
  kafka: async () => (await import('@gemel/bus-kafka')).openKafkaLive,
} satisfies Record<FeedName, unknown>;

export const histories = {
  embedded: async () => (await import('@gemel/history-embedded')).openEmbeddedHistory,
  influx: async () => (await import('@gemel/history-influx')).openPatientInfluxHistory,
} satisfies Record<HistoryName, unknown>;

export const brokers = {
  embedded: async () => (await import('@gemel/broker-embedded')).openEmbeddedBroker,
} satisfies Record<BrokerName, unknown>;

export const verifiers = {
  oidc: async () => (await import('@gemel/auth-oidc')).openOidcVerifier,
} satisfies Record<VerifierName, unknown>;

/** Hono connections become ones to Kafka where the operator says where that is; others can only say what is missing. */
const honoNowhere = (): Promise<Connector> => {
  const status: ConnectorStatus = {
    state: 'failed',
    detail: "nobody has said where Hono's Kafka is: set GEMEL_HONO_URI",
  };
  return Promise.resolve({
    open: (_connection, _handler, observer) => {
      observer(status);
      return Promise.resolve({
        publish: (message) => Promise.reject(new MessageRefused(message.address, status.detail)),
        hasReceivers: () => false,
        status: () => status,
        close: () => Promise.resolve(),
      });
    },
  });
};

/** Through an SSH server where the connection says so. */
const tunnelled = (load: () => Promise<Connector>) => async (): Promise<Connector> => {
  const direct = await load();
  return {
    open: async (connection, handler, observer, route) => {
      const isDirect = connection.sshTunnel === undefined;
      const connector = isDirect ? direct : (await import('@gemel/ssh-tunnel')).tunnelledConnector(direct);
      return connector.open(connection, handler, observer, route);
    },
  };
};

/** What operators say of scripts. */
export interface ScriptSettings {
  /** Folder of the modules that scripts may require; undefined for none. */
  readonly modulesDir: string | undefined;
}

/** What runs the scripts of connections that map payloads. */
export const scriptEngines = {
  quickjs: async (settings) => (await import('@gemel/mapper-javascript')).javaScriptMappers(settings),
} satisfies Record<ScriptEngineName, (settings: ScriptSettings) => Promise<MappingScripts>>;

const mqtt = async () => (await import('@gemel/connector-mqtt')).mqttConnector();

const amqp091 = async () => (await import('@gemel/connector-amqp091')).amqp091Connector();
const amqp10 = async () => (await import('@gemel/connector-amqp10')).amqp10Connector();
const httpPush = async () => (await import('@gemel/connector-http-push')).httpPushConnector();
const kafka = async () => (await import('@gemel/connector-kafka')).kafkaConnector();

/** What opens connections, by their type. */
export const connectors = {
  mqtt: tunnelled(mqtt),
  'mqtt-5': tunnelled(mqtt),
  'amqp-091': tunnelled(amqp091),
  'amqp-10': tunnelled(amqp10),
  hono: honoNowhere,
  'http-push': tunnelled(httpPush),
  kafka: tunnelled(kafka),
} satisfies Record<ConnectionType, () => Promise<Connector>>;

/** What operators say of connectors. */
export interface ConnectorSettings {
  /** Through which connections of the type `http-push` go: `http://user:password@host:port`; empty means directly. */
  readonly httpProxy: string;
}

/** What opens connections of a type, as the operator says. */
export function connectorOf(type: ConnectionType, { httpProxy }: ConnectorSettings): Promise<Connector> {
  return type === 'http-push' && httpProxy !== '' ? proxied(httpProxy)() : connectors[type]();
}

const proxied = (url: string): (() => Promise<Connector>) => {
  const { hostname, port, username, password } = new URL(url);
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const proxy = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 80 : Number(port),
    authorization: username === '' ? undefined : `Basic ${Buffer.from(account).toString('base64')}`,
  };
  return tunnelled(async () => (await import('@gemel/connector-http-push')).httpPushConnector({ proxy }));
};
