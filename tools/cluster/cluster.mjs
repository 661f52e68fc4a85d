import { appEnvironments, APPS } from './app-environment.mjs';
import { untilConnected } from './until-connected.mjs';
import { Replica } from './replica.mjs';

/**
 * `replicas` processes of each app on the services at `addresses`, not yet started.
 * @param options.apps all without
 * @param options.ports of the first process of each app, the others follow; 0 for free ones
 * @param options.log takes the processes' lines, each with the name of its process in front
 * @param options.died is told of a process that ended by itself, and how
 */
export async function createCluster(options) {
  const { addresses, replicas, apps = APPS, ports, database, topic, bucket, environment, log, died } = options;
  const environments = await appEnvironments(environment, { addresses, database, topic, bucket });
  return new Cluster(
    apps.flatMap((app) =>
      Array.from({ length: replicas }, (_, index) => {
        const port = ports[app] === 0 ? 0 : ports[app] + index;
        return new Replica({ app, index, env: environments[app], port, log, died });
      }),
    ),
  );
}

/** Processes that belong together. */
class Cluster {
  #replicas;

  constructor(replicas) {
    this.#replicas = replicas;
  }

  /** Resolves when all are ready and connections are open; rejects, with none left, when one is not ready. */
  async start() {
    try {
      await Promise.all(this.#replicas.map((replica) => replica.start()));
      await untilConnected(this.urls('ingest'));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  urls(app) {
    return this.#of(app).map(({ url }) => url);
  }

  pids(app) {
    return this.#of(app).map(({ pid }) => pid);
  }

  /** SIGKILL for one process. */
  kill(app, index) {
    return this.#find(app, index).kill();
  }

  /** SIGTERM for one process. Answers its exit status. */
  terminate(app, index) {
    return this.#find(app, index).stop();
  }

  /** Starts a process that was ended again, perhaps on another port. Resolves when it is ready. */
  restart(app, index) {
    return this.#find(app, index).start();
  }

  /** Ends all that run. Answers the exit statuses, by process. */
  async stop() {
    const running = this.#replicas.filter(({ isRunning }) => isRunning);
    return Object.fromEntries(await Promise.all(running.map(async (it) => [it.name, await it.stop()])));
  }

  /** SIGKILL for all, without waiting. */
  killAll() {
    for (const replica of this.#replicas) void replica.kill();
  }

  #of(app) {
    return this.#replicas.filter((replica) => replica.app === app);
  }

  #find(app, index) {
    const found = this.#of(app)[index];
    if (found === undefined) throw new Error(`there is no ${app}-${index}`);
    return found;
  }
}
