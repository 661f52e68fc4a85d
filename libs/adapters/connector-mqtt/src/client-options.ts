import { tlsOptions } from '@gemel/connector-parts';
import type { ConnectionOf } from '@gemel/model/connections';
import type { IClientOptions } from 'mqtt';

import type { MqttConnectorOptions } from './connector-options.js';

const PROTOCOLS: Readonly<Record<string, IClientOptions['protocol']>> = {
  tcp: 'mqtt',
  mqtt: 'mqtt',
  ssl: 'mqtts',
  mqtts: 'mqtts',
  ws: 'ws',
  wss: 'wss',
};

export type MqttTypes = ConnectionOf<'mqtt' | 'mqtt-5'>;

/** What one client of a connection is for. */
export interface ClientRole {
  readonly clientId: string;
  /** Receives: its session must outlive it. */
  readonly isSubscriber: boolean;
}

/** One network connection each: whoever holds the client connects again himself. */
export function clientOptions(
  connection: MqttTypes,
  { clientId, isSubscriber }: ClientRole,
  options: MqttConnectorOptions,
): IClientOptions {
  const { uri, type, specificConfig } = connection;
  const isVersion5 = type === 'mqtt-5';
  const keepsSession = isSubscriber && !specificConfig.cleanSession;
  const { lastWill } = specificConfig;
  return {
    protocolVersion: isVersion5 ? 5 : 4,
    ...transport(connection),
    clientId,
    clean: !keepsSession,
    keepalive: specificConfig.keepAliveSeconds,
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native',
    ...(uri.username === undefined ? undefined : { username: uri.username }),
    ...(uri.password === undefined ? undefined : { password: uri.password }),
    ...tlsOptions(connection),
    ...(lastWill === undefined ? undefined : { will: { ...lastWill, payload: Buffer.from(lastWill.message) } }),
    ...(isVersion5 ? { properties: properties(keepsSession, options) } : undefined),
  };
}

function transport({ uri }: MqttTypes): IClientOptions {
  const protocol = PROTOCOLS[uri.scheme];
  const isWebSocket = protocol === 'ws' || protocol === 'wss';
  return {
    ...(protocol === undefined ? undefined : { protocol }),
    host: isWebSocket && uri.host.includes(':') ? `[${uri.host}]` : uri.host,
    port: uri.port,
    ...(isWebSocket ? { path: uri.path === '' ? '/' : uri.path } : undefined),
  };
}

function properties(keepsSession: boolean, options: MqttConnectorOptions): NonNullable<IClientOptions['properties']> {
  return {
    receiveMaximum: options.messagesInFlight,
    sessionExpiryInterval: keepsSession ? options.sessionExpirySeconds : 0,
  };
}
