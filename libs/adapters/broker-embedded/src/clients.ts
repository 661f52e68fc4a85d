import type { AuthenticateError, Client } from 'aedes';

import { Acknowledgements } from './acknowledgements.js';
import type { BrokerOptions } from './broker-options.js';
import type { BrokerPrincipal } from './broker-principal.js';
import type { BrokerLimits } from './limits.js';
import type { ReadGate } from './read-gate.js';
import type { Refusals } from './refusals.js';
import type { Sessions } from './sessions.js';
import type { TopicRights } from './topic-rights.js';

/** Return codes of CONNACK [MQTT-3.2.2-4]. */
const IDENTIFIER_REJECTED = 2;
const UNAVAILABLE = 3;
const BAD_CREDENTIALS = 4;
type ReturnCode = typeof IDENTIFIER_REJECTED | typeof UNAVAILABLE | typeof BAD_CREDENTIALS;

/** Of timers; whoever may stay longer proves anew then. */
const LONGEST_MS = 2_147_483_647;

/** A client that proved who it is, and what belongs to its connection. */
export interface Identity extends BrokerPrincipal {
  readonly username: string;
  /** Whether it may receive everything. */
  readonly isReceiver: boolean;
  readonly acknowledgements: Acknowledgements;
  readonly gate: ReadGate;
  readonly filters: Set<string>;
}

interface Parts {
  readonly authenticate: BrokerOptions['authenticate'];
  readonly limits: BrokerLimits;
  readonly sessions: Sessions;
  readonly rights: TopicRights;
  readonly refusals: Refusals;
}

/** Who is connected. A client id, and the session under it, belongs to one user: others cannot take it over. */
export class Clients {
  readonly #parts: Parts;
  readonly #identities = new WeakMap<object, Identity>();
  readonly #gates = new WeakMap<Client, ReadGate>();
  readonly #connected = new Map<string, Client>();
  readonly #subscribers = new Set<Client>();
  readonly #endings = new WeakMap<Client, NodeJS.Timeout>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Before the client may say anything. */
  opened(client: Client, gate: ReadGate): void {
    this.#gates.set(client, gate);
  }

  registered(client: Client): void {
    this.#connected.set(client.id, client);
    const endsInMs = this.#identities.get(client)?.endsInMs;
    if (endsInMs === undefined) return;
    const ending = setTimeout(() => client.close(), Math.min(Math.max(0, endsInMs), LONGEST_MS));
    this.#endings.set(client, ending.unref());
  }

  disconnected(client: Client): void {
    clearTimeout(this.#endings.get(client));
    if (this.#connected.get(client.id) === client) this.#connected.delete(client.id);
    this.#subscribers.delete(client);
  }

  /** The client has this many subscriptions now. */
  subscriptionsChanged(client: Client, count: number): void {
    if (count > 0) this.#subscribers.add(client);
    else this.#subscribers.delete(client);
  }

  /** Whether any connected client subscribes to anything. */
  get hasSubscribers(): boolean {
    return this.#subscribers.size > 0;
  }

  /** Of connected clients. */
  get subscriptions(): number {
    let count = 0;
    for (const client of this.#connected.values())
      if (!client.closed) count += this.#identities.get(client)?.filters.size ?? 0;
    return count;
  }

  identityOf(client: object): Identity | undefined {
    return this.#identities.get(client);
  }

  identityUnder(clientId: string): Identity | undefined {
    const client = this.#connected.get(clientId);
    return client && this.#identities.get(client);
  }

  /** Those of a user. */
  of(username: string): readonly Client[] {
    return [...this.#connected.values()].filter((client) => this.#identities.get(client)?.username === username);
  }

  isConnected(clientId: string): boolean {
    return this.#connected.get(clientId)?.closed === false;
  }

  authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    this.#authenticate(client, username, password).then(
      (refusal) => {
        if (refusal !== undefined) this.#parts.refusals.connection(username, client.id, refusal.message);
        done(refusal ?? null, refusal === undefined);
      },
      (error: unknown) => {
        this.#parts.refusals.connection(username, client.id, `the users could not be asked: ${String(error)}`);
        done(refusalOf(UNAVAILABLE, 'the users could not be asked'), null);
      },
    );
  }

  async #authenticate(client: Client, username?: string, password?: Buffer): Promise<AuthenticateError | undefined> {
    const { limits, sessions, rights } = this.#parts;
    if (this.#connected.size >= limits.clients) return refusalOf(UNAVAILABLE, 'too many clients are connected');
    if (client.id.length > limits.clientIdLength) return refusalOf(IDENTIFIER_REJECTED, 'the client id is too long');
    const gate = this.#gates.get(client);
    if (gate === undefined || username === undefined || password === undefined)
      return refusalOf(BAD_CREDENTIALS, 'user or password is missing');
    const principal = await this.#parts.authenticate(username, password.toString('utf8'), client.id);
    if (principal === undefined) return refusalOf(BAD_CREDENTIALS, 'user or password is wrong');
    const owner = this.identityUnder(client.id)?.username ?? sessions.ownerOf(client.id);
    const name = principal.name ?? username;
    if (owner !== undefined && owner !== name) return refusalOf(IDENTIFIER_REJECTED, "the client id is another user's");
    const acknowledgements = new Acknowledgements();
    const isReceiver = principal.access === undefined && rights.isReceiver(principal.subjects);
    this.#identities.set(client, {
      ...principal,
      username: name,
      isReceiver,
      acknowledgements,
      gate,
      filters: new Set(),
    });
    return undefined;
  }
}

function refusalOf(returnCode: ReturnCode, message: string): AuthenticateError {
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- aedes' const enum does not exist when run
  return Object.assign(new Error(message), { returnCode });
}
