import { randomUUID } from 'node:crypto';
import { createConnection } from 'mongoose';

/** The collection that tells what the database is, not what is in it. */
const OF_DATABASE = 'gemel';

/** Databases of MongoDB that specs have one after the other: to make one, with its indexes, takes longer than most specs. */
export class EmptiedDatabases {
  readonly #server;
  readonly #unused: string[] = [];

  /** @param url of the server @param prefix of the names */
  constructor(
    url: string,
    private readonly prefix: string,
  ) {
    this.#server = createConnection(url);
  }

  /** The name of an empty one, which nobody else has until it is given back. */
  take(): string {
    return this.#unused.pop() ?? `${this.prefix}-${randomUUID()}`;
  }

  /** Empties one that nobody has open any more. Its indexes stay, and what is known of the server. */
  async giveBack(name: string): Promise<void> {
    for (const collection of await (await this.#named(name)).collections())
      if (collection.collectionName !== OF_DATABASE) await collection.deleteMany();
    this.#unused.push(name);
  }

  /** All that were given back. */
  async remove(): Promise<void> {
    for (const name of this.#unused.splice(0)) await (await this.#named(name)).dropDatabase();
    await this.#server.close();
  }

  async #named(name: string) {
    return (await this.#server.asPromise()).getClient().db(name);
  }
}
