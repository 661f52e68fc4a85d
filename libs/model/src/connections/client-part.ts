import type { Connection, Source } from './connection.js';
import type { ConnectionType } from './connection-types.js';

/**
 * What one of the clients of a connection does of it, so that several receive nothing twice: sources at which clients
 * compete (queues, groups, shared subscriptions) are everybody's, the others the first one's. All publish.
 * @param index from 0
 */
export function clientPart(connection: Connection, index: number): Connection {
  if (index === 0) return connection;
  switch (connection.type) {
    case 'mqtt':
    case 'mqtt-5': {
      const { specificConfig: config, sources } = connection;
      const specificConfig = {
        ...config,
        clientId: `${config.clientId}-${index}`,
        publisherId: `${config.publisherId}-${index}`,
        lastWill: undefined,
      };
      return { ...connection, specificConfig, sources: sources.map((source) => only(source, isShared)) };
    }
    case 'amqp-10': {
      const { specificConfig: config, sources } = connection;
      const specificConfig = { ...config, containerId: `${config.containerId}-${index}` };
      return { ...connection, specificConfig, sources: sources.map((source) => only(source, isQueue)) };
    }
    case 'amqp-091':
    case 'hono':
    case 'http-push':
    case 'kafka':
      return connection;
  }
}

/**
 * How many consumers a client has at an address of a source: as many as the source wants where they compete, so that nothing comes
 * twice. One subscription of MQTT brings a client all there is.
 */
export function consumersAt(type: ConnectionType, { consumerCount }: Source, address: string): number {
  switch (type) {
    case 'amqp-091':
    case 'hono':
    case 'kafka':
      return consumerCount;
    case 'amqp-10':
      return isQueue(address) ? consumerCount : 1;
    case 'http-push':
    case 'mqtt':
    case 'mqtt-5':
      return 1;
  }
}

/** Which of `count` clients has what belongs to one thing or policy: always the same one. FNV-1a over UTF-16 code units. */
export function clientFor(entityId: string, count: number): number {
  if (count === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < entityId.length; index++) {
    hash = Math.imul(hash ^ entityId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % count;
}

/** A source without addresses keeps its place among the sources. */
function only(source: Source, isWanted: (address: string) => boolean): Source {
  return { ...source, addresses: source.addresses.filter(isWanted) };
}

function isShared(address: string): boolean {
  return address.startsWith('$share/');
}

function isQueue(address: string): boolean {
  return !address.startsWith('topic://');
}
