import type { BrokerPlace } from './broker.js';

/** The same broker, as a connection says it that finds it at another `host:port`. */
export function placedAt(connection: BrokerPlace, place: string): BrokerPlace {
  return {
    ...connection,
    uri: connection.uri.replace(/[\w.]+:\d+$/, place),
    specificConfig: { ...connection.specificConfig, bootstrapServers: place },
  };
}

const TLS: Readonly<Record<string, string>> = { tcp: 'ssl', amqp: 'amqps', http: 'https' };

/** The same over TLS. */
export function placedBehindTls(connection: BrokerPlace, place: string): BrokerPlace {
  const { uri, ...rest } = placedAt(connection, place);
  return { ...rest, uri: uri.replace(/^\w+/, (scheme) => TLS[scheme] ?? scheme) };
}
