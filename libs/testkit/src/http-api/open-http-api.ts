import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpMetrics, PasswordAuthenticator, buildHttpServer } from '@gemel/api/http';
import type { HttpFrame, Route } from '@gemel/api/http';
import { connectionManagementRoutes } from '@gemel/api/connections';
import { compositionRoutes, transferRoutes, typeServiceRoutes } from '@gemel/api/composition';
import { connectionFacadeRoutes } from '@gemel/api/extended';
import { cloudEventRoutes } from '@gemel/api/cloudevents';
import { MessageStreams, messageRoutes } from '@gemel/api/messages';
import { deviceCredentialRoutes, mqttUserRoutes } from '@gemel/api/mqtt-users';
import { withDocumentation } from '@gemel/api/openapi';
import { ingestRoutes, operationRoutes, whoamiRoute } from '@gemel/api/operations';
import { policyRoutes, tokenIntegrationRoutes } from '@gemel/api/policies';
import { searchRoutes } from '@gemel/api/search';
import { TwinEventStreams } from '@gemel/api/sse';
import { thingRoutes } from '@gemel/api/things';
import { AckCollections } from '@gemel/application/acks';
import { OneAtATime, PlanRunner, createComposition } from '@gemel/application/composition';
import { DeadLetterExchange, DiversionExchange } from '@gemel/application/connections';
import { DEFAULT_INGEST_OPTIONS, FailureLog, Ingest, TwinAcks } from '@gemel/application/ingest';
import { createLiveChannel } from '@gemel/application/messages';
import { BlockedNamespaces, gatedLog, gatedStates } from '@gemel/application/namespaces';
import type { LiveChannel } from '@gemel/application/messages';
import { DeviceCredentials, MqttUsers, isStillIssued } from '@gemel/application/mqtt-users';
import { PolicyListing, createPolicies } from '@gemel/application/policies';
import type {
  EventFeed,
  EventLog,
  Logger,
  PasswordHasher,
  PresenceBoard,
  Subscription,
  Timers,
} from '@gemel/application/ports';
import { QueryWatch, SearchService } from '@gemel/application/search';
import { PastPolicyStream, PastTwinStream, TwinStream } from '@gemel/application/streaming';
import { ProtocolQueries } from '@gemel/application/subscriptions';
import { createThingService } from '@gemel/application/things';
import { createJobs, startImports } from '@gemel/application/jobs';
import { ExportStream, Transfer } from '@gemel/application/transfer';
import { FrozenTemplates, TypeAccess, createTypeServices } from '@gemel/application/type-versions';
import { createTypes } from '@gemel/application/types';
import { parseTemplate } from '@gemel/model/placeholders';
import { Registry } from 'prom-client';
import { MemoryLiveBus, MemoryPresences } from '../memory/index.js';
import { openApiStore } from './api-store.js';
import type { ApiStore } from './api-store.js';
import { openConnections } from './open-connections.js';
import { fakeScripts } from './fake-scripts.js';
import type { OpenedManagement } from './open-connections.js';
import { operatedRoutes } from './operated-routes.js';
import { watchedLog } from './watched-log.js';

/** The HTTP API on the real use cases and a store, one in memory by default, listening on a free port. */
export interface OpenHttpApi {
  readonly url: string;
  readonly store: EventLog;
  readonly routes: readonly Route[];
  /** Takes subscribers' acknowledgements. */
  readonly acks: AckCollections;
  /** Switches what `/health` and `/ready` say. */
  readonly health: { up: boolean; ready: boolean };
  /** Where other processes of the installation leave their notes. */
  readonly board: PresenceBoard;
  /** Where devices are: they subscribe to its hub, and speak through `ingest`. */
  readonly live: LiveChannel;
  readonly ingest: Ingest;
  readonly failures: FailureLog;
  /** Connections, whose brokers are not there. */
  readonly connections: OpenedManagement;
  close(): Promise<void>;
}

/** Users whose passwords are their names; `devops` is the operator. */
export const USERS = ['ditto', 'other', 'devops'] as const;

const TOKEN_SUBJECT = parseTemplate('integration:{{policy-entry:label}}:{{jwt:aud}}');

const ignore = (): void => undefined;
const silent: Logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };

/** @param frame what is other than usual of what all routes share */
export async function openHttpApi(log: Logger = silent, frame: Partial<HttpFrame> = {}): Promise<OpenHttpApi> {
  const kept = await openApiStore();
  const store: OpenedStore = { ...kept, log: watchedLog(kept.log) };
  const metrics = new HttpMetrics(new Registry());
  const health = { up: true, ready: true };
  const board = new MemoryPresences();
  const acks = new AckCollections(timers);
  const services = openServices(store, acks, log);
  const tasks: Subscription[] = [];
  const routes = routesOn(store, services, { acks, metrics, health, board, log, tasks });
  const server = await buildHttpServer(routes, {
    authenticators: [
      new PasswordAuthenticator(
        USERS.map((name) => ({ name, password: name, role: name === 'devops' ? 'operator' : 'user' })),
      ),
    ],
    ids: { uuid: () => randomUUID() },
    clock,
    log,
    metrics,
    ...frame,
  });
  return {
    url: await server.listen({ host: '127.0.0.1', port: 0 }),
    store: store.log,
    routes,
    acks,
    health,
    board,
    live: services.live,
    ingest: services.ingest,
    failures: services.failures,
    connections: services.connections,
    close: async () => {
      await services.connections.stop();
      services.queries.close();
      await services.live.hub.close();
      await Promise.all(tasks.map((task) => task.stop()));
      await server.close();
      await store.close();
    },
  };
}

/** A store whose log tells of what is appended. */
interface OpenedStore extends ApiStore {
  readonly log: EventLog & Pick<EventFeed, 'watch'>;
}

type Services = ReturnType<typeof openServices>;

interface Parts {
  readonly acks: AckCollections;
  readonly metrics: HttpMetrics;
  readonly health: { readonly up: boolean; readonly ready: boolean };
  readonly board: PresenceBoard;
  readonly log: Logger;
  /** Takes what goes on until the end. */
  readonly tasks: Subscription[];
}

const clock = { now: () => Date.now() };

const timers: Timers = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await pause(ms, undefined, { signal }).catch(() => undefined);
  },
};
const ids = { uuid: () => randomUUID() };

const HISTORICAL_HEADERS = ['ditto-originator', 'X-Reason'];

/** Connections publish nothing here. */
const NO_EVENTS: EventFeed = {
  follow: (reader) => {
    void reader.placed?.();
    return { stop: () => Promise.resolve() };
  },
  watch: () => ({ stop: () => Promise.resolve() }),
};

const NO_ANNOUNCEMENTS = { subscribe: () => ({ close: () => undefined }) };

function openServices(store: OpenedStore, acks: AckCollections, log: Logger) {
  const { states, records } = store;
  const blocked = new BlockedNamespaces({ records, clock, timers, log, isShared: false });
  const gated = gatedLog(store.log, blocked);
  const policies = createPolicies({ log: gated, states, clock, archive: store.archive });
  const { enforcers } = policies;
  const types = createTypes({ records, clock });
  const things = createThingService({
    conformance: types.conformance,
    log: gated,
    states: gatedStates(states, blocked),
    archive: store.archive,
    historicalHeaders: HISTORICAL_HEADERS,
    enforcers,
    policyCreation: policies.creation,
    clock,
    maxThingBytes: 102_400,
  });
  const parts = { bus: new MemoryLiveBus(), states, enforcers, clock, timers, log, things, acks };
  const live = createLiveChannel({ ...parts, maxMessageBytes: 256_000 });
  const failures = new FailureLog(clock, log);
  const streams = new TwinStream(store.log, { states, enforcers, log });
  const pastStreams = new PastTwinStream({
    log: store.log,
    states,
    enforcers,
    historicalHeaders: HISTORICAL_HEADERS,
  });
  const search = new SearchService(store.search, enforcers, new QueryWatch(clock, log));
  const queries = new ProtocolQueries({
    ...{ things, search, past: pastStreams, timers, ids },
    permissionChecks: policies.permissionChecks,
    pastOfPolicies: new PastPolicyStream({
      ...{ log: store.log, states, enforcers },
      historicalHeaders: HISTORICAL_HEADERS,
    }),
  });
  const ingest = new Ingest(things, failures, ids, {
    ...DEFAULT_INGEST_OPTIONS,
    live: live.inbox,
    acks: new TwinAcks(acks),
    queries,
  });
  const listing = new PolicyListing({ directory: store.directory, states, enforcers, clock });
  const events = { feed: NO_EVENTS, states, enforcers };
  const connections = openConnections(
    {
      ingest,
      events,
      live: live.hub,
      announcements: NO_ANNOUNCEMENTS,
      diversions: new DiversionExchange(parts.bus),
      deadLetters: new DeadLetterExchange({ bus: parts.bus, ids, timers }),
      acks: live.acks,
      clock,
      timers,
      log,
      scripts: fakeScripts,
    },
    ids,
  );
  return {
    things,
    types,
    records,
    blocked,
    policies: { ...policies, listing },
    live,
    failures,
    ingest,
    queries,
    streams,
    pastStreams,
    connections,
  };
}

function routesOn(
  store: OpenedStore,
  services: Services,
  { acks, metrics, health, board, log, tasks }: Parts,
): readonly Route[] {
  const { states, records } = store;
  const { things, types, blocked, policies, live, streams, pastStreams } = services;
  const search = new SearchService(store.search, policies.enforcers, new QueryWatch(clock, log));
  const turns = new OneAtATime(store.log);
  const access = new TypeAccess(store.states, policies.enforcers);
  const makers = { templates: types.templates, frozen: new FrozenTemplates(access, types.catalog) };
  const composed = { things, search, states, log: store.log, ids, ...makers };
  const composition = createComposition(composed, turns);
  const transfer = new Transfer({
    ...{ reads: composition.reads, search, states, catalog: types.catalog },
    ...{ access, runner: new PlanRunner({ things, states }, turns) },
  });
  const { service } = policies;
  const jobs = createJobs({
    ...{ things, search, policies: service, states, log: store.log, records, access, catalog: types.catalog },
    ...{ turns, clock, ids, logger: log },
  });
  tasks.push(startImports(jobs.worker, timers, log));
  const defaultNamespace = 'org.eclipse.ditto';
  const users = new MqttUsers(records, PLAIN, ignore, (user) => isStillIssued(states, user));
  const topics = { publish: ['telemetry/{{ thing:id }}/#'], subscribe: ['commands/{{ thing:id }}'] };
  const credentials = new DeviceCredentials({ users, states, enforcers: policies.enforcers, topics, clock, ids, log });
  return withDocumentation(
    [
      ...thingRoutes({
        things: live.things,
        search,
        streams: new TwinEventStreams(streams, pastStreams, log),
        acks,
        ids,
        defaultNamespace,
      }),
      ...messageRoutes({ messages: live.messages, streams: new MessageStreams(live.hub, log), defaultNamespace }),
      ...policyRoutes({ policies: policies.service, ...policies, ids, defaultNamespace }),
      ...tokenIntegrationRoutes({ tokens: policies.tokens, defaultNamespace, subject: TOKEN_SUBJECT }),
      ...searchRoutes(search, { log, thingsPerSecond: 0 }),
      ...compositionRoutes(composition),
      ...typeServiceRoutes(
        createTypeServices({
          ...{ things, search, types, clock, states, records, ids, turns },
          enforcers: policies.enforcers,
        }),
        composition,
        jobs,
      ),
      ...transferRoutes({ transfer, jobs, exports: new ExportStream({ transfer, search, policies: service }) }),
      ...mqttUserRoutes(users),
      ...deviceCredentialRoutes({ credentials, defaultNamespace }),
      ...cloudEventRoutes({ things, policies: policies.service }),
      ...connectionManagementRoutes(services.connections.management),
      ...connectionFacadeRoutes(services.connections.management),
      whoamiRoute,
      ...operationRoutes({
        health: { isUp: () => health.up },
        readiness: { check: async () => ({ isReady: health.ready, report: { status: health.ready ? 'UP' : 'DOWN' } }) },
        metrics,
      }),
      ...operatedRoutes({
        store,
        health,
        board,
        clock,
        ids,
        log,
        blocked,
        management: services.connections.management,
      }),
      ...ingestRoutes({ recent: () => [{ code: 'json.invalid' }] }),
    ],
    '0.0.0',
  );
}

/** Passwords as they are: nobody is to be kept from them here. */
const PLAIN: PasswordHasher = {
  hash: (password) => Promise.resolve(`plain:${password}`),
  verify: (password, hash) => Promise.resolve(hash === `plain:${password}`),
  mark: (password) => password,
};
