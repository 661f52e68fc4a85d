import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

import type { OutboundMessage, OutboundPublisher } from '@gemel/application/ports';
import { Aedes } from 'aedes';
import { writeToStream } from 'mqtt-packet';
import { WebSocketServer, createWebSocketStream } from 'ws';

import type { BrokerOptions } from './broker-options.js';
import { Clients } from './clients.js';
import type { Identity } from './clients.js';
import { BrokerCounts } from './counters.js';
import type { BrokerCounters } from './counters.js';
import { Door } from './door.js';
import { refuseMqtt5 } from './refuse-mqtt-5.js';
import { Distribution } from './distribution.js';
import { NO_JOURNAL } from './journal.js';
import type { Journal } from './journal.js';
import { sayWills } from './last-wills.js';
import { DEFAULT_LIMITS } from './limits.js';
import type { BrokerLimits } from './limits.js';
import { listen } from './listen.js';
import { publishOn } from './publish.js';
import { Publishing } from './publishing.js';
import { ReadGates } from './read-gate.js';
import { Refusals } from './refusals.js';
import { Sessions } from './sessions.js';
import type { ClientRef, Connected } from './sessions.js';
import { openSqliteJournal } from './sqlite-journal.js';
import { Subscribing } from './subscribing.js';
import { startSystemTopics } from './system-topics.js';
import { TopicRights } from './topic-rights.js';

// Of each number of two bytes there would be a buffer: 8 MB that each collection of garbage looks through.
writeToStream.cacheNumbers = false;

/** MQTT 3.1 and 3.1.1 inside the process; MQTT 5 clients are told the version is not spoken. */
export interface EmbeddedBroker extends OutboundPublisher {
  readonly port: number;
  /** Takes over an HTTP upgrade: MQTT over WebSocket, subprotocol `mqtt`. The path is the caller's to check. */
  readonly handleWebSocket: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends the user's connections, and the sessions of one who is no more: what was once allowed may not be now. */
  readonly userChanged: (username: string, change: 'modified' | 'deleted') => void;
  readonly counters: () => BrokerCounters;
  /** Takes nothing new, waits for messages under way (5 s at most), disconnects everyone. Idempotent. */
  readonly close: () => Promise<void>;
}

/** @throws PortTaken, and what the folder cannot be used for: DatabaseUnusable, BrokerDataFromNewerVersion */
export async function openEmbeddedBroker(options: BrokerOptions): Promise<EmbeddedBroker> {
  const journal = options.folder === undefined ? NO_JOURNAL : await openSqliteJournal(options.folder, options.log);
  try {
    return await openOn(journal, options);
  } catch (error) {
    journal.close();
    throw error;
  }
}

async function openOn(journal: Journal, options: BrokerOptions): Promise<EmbeddedBroker> {
  const limits: BrokerLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const counts = new BrokerCounts();
  const gates = new ReadGates(limits);
  const refusals = new Refusals(options.log, counts);
  const rights = new TopicRights(options.topics);
  const connected: Connected = connectedOf(() => clients, rights);
  const sessions = new Sessions(limits, connected, journal);
  const wills = sessions.restore();
  const clients = new Clients({ authenticate: options.authenticate, limits, sessions, rights, refusals });
  const distribution = new Distribution(sessions);
  const { onMessage } = options;
  const publishing = new Publishing({ onMessage, limits, sessions, rights, refusals, counts, distribution });
  const subscribing = new Subscribing({ clients, rights, refusals, limits, counts });
  const aedes = await createAedes({ clients, publishing, subscribing, sessions }, limits);
  distribution.begin(aedes);
  const door = new Door(aedes, clients, { limits, gates, counts, log: options.log });
  const server = createServer({ noDelay: true }, door.admit.bind(door));
  const port = await listen(server, options.host, options.port).catch(async (error: unknown) => {
    await closeAedes(aedes);
    throw error;
  });
  const counters = (): BrokerCounters => counts.snapshot({ aedes, gates, clients, sessions });
  const system = startSystemTopics(counters, distribution, options.systemIntervalMs);
  const webSockets = webSocketServer(limits);
  await sayWills(wills, { onMessage, rights, distribution, sessions, log: options.log });
  return {
    port,
    publish: (message: OutboundMessage) => publishOn(distribution, message),
    hasReceivers: () => clients.hasSubscribers || sessions.hasSubscriptions,
    handleWebSocket: (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        door.admit(createWebSocketStream(webSocket));
      });
    },
    userChanged: (username, change) => {
      for (const client of clients.of(username)) client.close();
      if (change === 'deleted') sessions.forgetUser(username);
    },
    counters,
    close: once(async () => {
      system.stop();
      await closeBroker(server, gates, aedes, limits);
      webSockets.close();
      journal.close();
    }),
  };
}

/** The clients need the sessions, and the sessions the clients. */
function connectedOf(clients: () => Clients, rights: TopicRights): Connected {
  const identityOf = (client: ClientRef): Identity | undefined =>
    clients().identityOf(client) ?? clients().identityUnder(client.id);
  return {
    identityOf,
    isConnected: (clientId) => clients().isConnected(clientId),
    mayPublish: (client, topic) => rights.publish(topic, identityOf(client)?.access) === undefined,
  };
}

interface Handlers {
  readonly clients: Clients;
  readonly publishing: Publishing;
  readonly subscribing: Subscribing;
  readonly sessions: Sessions;
}

async function createAedes(
  { clients, publishing, subscribing, sessions }: Handlers,
  limits: BrokerLimits,
): Promise<Aedes> {
  const aedes = await Aedes.createBroker({
    preConnect: refuseMqtt5,
    authenticate: (client, username, password, done) => {
      clients.authenticate(client, username, password, done);
    },
    authorizePublish: (client, packet, done) => {
      publishing.authorize(client === null ? undefined : clients.identityOf(client), client, packet, done);
    },
    authorizeSubscribe: (client, subscription, done) => {
      subscribing.authorize(client, subscription, done);
    },
    authorizeForward: (client, packet) => (subscribing.mayReceive(client, packet.topic) ? packet : null),
    persistence: sessions,
    // No bound on deliveries under way: nothing waits for a subscriber, see boundWrites.
    concurrency: 0,
    connectTimeout: limits.connectTimeoutMs,
    maxClientsIdLength: limits.clientIdLength,
  });
  aedes.on('unsubscribe', (filters, client) => {
    subscribing.unsubscribed(client, filters);
  });
  return aedes;
}

function webSocketServer(limits: BrokerLimits): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: limits.packetBytes,
    perMessageDeflate: false,
    // [MQTT-6.0.0-3], [MQTT-6.0.0-4]
    handleProtocols: (protocols) => ['mqtt', 'mqttv3.1'].find((protocol) => protocols.has(protocol)) ?? false,
  });
}

async function closeBroker(server: Server, gates: ReadGates, aedes: Aedes, limits: BrokerLimits): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await within(limits.closeTimeoutMs, gates.drain());
  // The last confirmations leave in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  await closeAedes(aedes);
  // Wills of those who were disconnected.
  await within(limits.closeTimeoutMs, gates.drain());
  await new Promise((resolve) => setImmediate(resolve));
  await closed;
}

async function closeAedes(aedes: Aedes): Promise<void> {
  await new Promise<void>((resolve) => {
    aedes.close(() => resolve());
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= work());
}
