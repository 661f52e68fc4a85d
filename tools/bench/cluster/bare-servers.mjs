// The peer behind HTTP: bare servers on the MongoDB driver, as many as there are replicas.
import { launch } from '../processes.mjs';

export class BareServers {
  #servers = [];

  /** @param database in which Gemel has written a thing, and in which there is the strict peer's index */
  static async start({ url, database, replicas }) {
    const started = new BareServers();
    for (let count = 0; count < replicas; count++) {
      const server = await launch('tools/bench/peers/bare-mongo-put.mjs', [database], { MONGODB_URL: url });
      started.#servers.push(server);
    }
    return started;
  }

  get urls() {
    return this.#servers.map(({ ready }) => `http://127.0.0.1:${ready.port}`);
  }

  /** So far in milliseconds, all together. */
  cpu() {
    return this.#servers.reduce((sum, server) => sum + server.cpuMs(), 0);
  }

  async stop() {
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}
