import { createCluster } from '../../tools/cluster/cluster.mjs';
import type { App, Cluster } from '../../tools/cluster/cluster.mjs';
import { newClusterNames, removeClusterNames, serviceAddresses } from './cluster-names.js';
import type { ClusterNames } from './cluster-names.js';

export interface ClusterRequest {
  /** Processes of each app. */
  readonly replicas: number;
  /** Those that a test has to do with. @default all */
  readonly apps?: readonly App[];
  /** Further settings of the apps. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables of the services, for those that are not the environment's. */
  readonly services?: Readonly<Record<string, string>>;
  /** Those of a cluster that was started before, to see what it saw; new ones without. */
  readonly names?: ClusterNames;
}

/** A started cluster, as its users see it: processes with URLs. */
export interface StartedCluster {
  readonly names: ClusterNames;
  /** By replica, as they are now. */
  urls(app: App): readonly string[];
  /** A replica of things or another app, for `call`. */
  at(app: App, index: number): { readonly http: string };
  /** What the processes wrote to standard error so far, each line after the name of its process. */
  log(): string;
  /** SIGKILL, as a power cut would. */
  kill(app: App, index: number): Promise<void>;
  /** SIGTERM to one; answers its exit status. */
  terminate(app: App, index: number): Promise<number | null>;
  /** Starts an ended process again, perhaps on another port; resolves when it is ready. */
  restart(app: App, index: number): Promise<void>;
  /** Processes that ended by themselves, each with what it wrote last. */
  died(): readonly string[];
  /** SIGTERM to all that run; answers their exit statuses. */
  stop(): Promise<Readonly<Record<string, number | null>>>;
  /** Stops, and removes what it kept in the services. */
  remove(): Promise<void>;
}

const LAST_LINES = 10;

const running = new Set<Cluster>();

// What a failed test left behind must not keep the others from ending.
afterAll(async () => {
  await Promise.all([...running].map((cluster) => cluster.stop()));
});

/** Starts the built apps on free ports and on the services of the environment; resolves when all are ready. */
export async function startCluster(request: ClusterRequest): Promise<StartedCluster> {
  const { replicas, apps, environment = {}, services = {}, names } = request;
  const kept = names ?? newClusterNames();
  const lines: string[] = [];
  const died: string[] = [];
  const cluster = await createCluster({
    ...kept,
    addresses: serviceAddresses({ ...process.env, ...services }),
    replicas,
    ...(apps !== undefined && { apps }),
    ports: { things: 0, 'extended-api': 0, ingest: 0 },
    environment: { ...withoutGemel(process.env), ...usual(kept), ...environment },
    log: (line) => lines.push(line),
    died: ({ name }, how) => died.push([`${name}: ${how}`, ...lastOf(lines, name)].join('\n')),
  });
  running.add(cluster);
  await cluster.start().catch((error: unknown) => {
    throw new Error(`${String(error)}\n${lines.join('\n')}`, { cause: error });
  });
  return {
    names: kept,
    urls: (app) => cluster.urls(app),
    at: (app, index) => ({ http: cluster.urls(app)[index] ?? '' }),
    log: () => lines.join('\n'),
    kill: (app, index) => cluster.kill(app, index),
    terminate: (app, index) => cluster.terminate(app, index),
    restart: (app, index) => cluster.restart(app, index),
    died: () => died,
    stop: async () => {
      running.delete(cluster);
      return cluster.stop();
    },
    remove: async () => {
      running.delete(cluster);
      await cluster.stop();
      await removeClusterNames(kept);
    },
  };
}

function usual({ telemetry }: ClusterNames): Readonly<Record<string, string>> {
  return { GEMEL_LOG_LEVEL: 'warn', GEMEL_MQTT_SOURCES: `${telemetry}/#` };
}

function withoutGemel(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GEMEL_')));
}

/** What a process wrote last. */
function lastOf(lines: readonly string[], name: string): readonly string[] {
  return lines.filter((line) => line.startsWith(`${name} | `)).slice(-LAST_LINES);
}
