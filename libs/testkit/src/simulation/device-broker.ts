import type { VirtualProcess } from './virtual-process.js';
import type { VirtualWorld } from './virtual-world.js';

/** Messages under way to one session. */
const WINDOW = 8;
const DUPLICATE = 0.03;

export interface DeviceMessage {
  readonly id: string;
  readonly device: string;
  readonly sentAt: number;
  readonly payload: Uint8Array;
}

/** A connection as its holder sees it. */
export interface BrokerSession {
  /** Confirms a message; without effect once another session has taken over. */
  confirm(id: string): void;
  end(): void;
}

/** What a client does with its session. */
export interface SessionClient {
  readonly onMessage: (message: DeviceMessage) => void;
  /** Another session of the client has taken over. */
  readonly onClosed: () => void;
}

interface Session {
  readonly process: VirtualProcess;
  readonly client: SessionClient;
  readonly sent: Set<string>;
  lane: number;
}

/**
 * Queues of a broker with QoS 1: what is not confirmed comes again, in order, with the next session, and sometimes for no
 * reason. A client id has one session; a second one ends the first, as MQTT wants it.
 */
export class DeviceBroker {
  readonly #queues = new Map<string, DeviceMessage[]>();
  readonly #sessions = new Map<string, Session>();

  constructor(
    private readonly world: VirtualWorld,
    private readonly onConfirmed: (message: DeviceMessage) => void,
  ) {}

  publish(connection: string, message: DeviceMessage): void {
    this.world.note('broker', `gets ${message.id}`);
    this.#queue(connection).push(message);
    this.#send(connection);
  }

  open(connection: string, process: VirtualProcess, client: SessionClient): BrokerSession {
    const session: Session = { process, client, sent: new Set(), lane: 0 };
    const isCurrent = () => this.#sessions.get(connection) === session;
    const arrive = (what: string, effect: () => void) => {
      session.lane = Math.max(session.lane, this.world.now + process.latency(`${what} of ${connection}`));
      this.world.after(session.lane - this.world.now, effect);
    };
    arrive('session', () => this.#takeOver(connection, session));
    return {
      confirm: (id) => arrive(`confirm ${id}`, () => isCurrent() && this.#confirm(connection, id)),
      end: () => arrive('end', () => isCurrent() && this.#sessions.delete(connection)),
    };
  }

  isEmpty(): boolean {
    return [...this.#queues.values()].every((queue) => queue.length === 0);
  }

  #takeOver(connection: string, session: Session): void {
    const former = this.#sessions.get(connection);
    this.world.note('broker', `opens ${connection} for ${session.process.name}`);
    this.#sessions.set(connection, session);
    former?.process.deliverAfter(1, former.client.onClosed);
    this.#send(connection);
  }

  #confirm(connection: string, id: string): void {
    const queue = this.#queue(connection);
    const index = queue.findIndex((message) => message.id === id);
    const [confirmed] = index < 0 ? [] : queue.splice(index, 1);
    if (confirmed === undefined) return;
    this.world.note('broker', `has ${id} confirmed`);
    this.onConfirmed(confirmed);
    this.#send(connection);
  }

  #send(connection: string): void {
    const session = this.#sessions.get(connection);
    if (session?.process.isAlive !== true) return;
    for (const message of this.#queue(connection).slice(0, WINDOW)) {
      if (session.sent.has(message.id)) continue;
      session.sent.add(message.id);
      const times = this.world.random(`broker ${message.id}`).chance(DUPLICATE) ? 2 : 1;
      for (let time = 0; time < times; time += 1) this.#deliver(session, message);
    }
  }

  #deliver(session: Session, message: DeviceMessage): void {
    session.process.deliverAfter(1, () => session.client.onMessage(message));
  }

  #queue(connection: string): DeviceMessage[] {
    const known = this.#queues.get(connection);
    if (known !== undefined) return known;
    const queue: DeviceMessage[] = [];
    this.#queues.set(connection, queue);
    return queue;
  }
}
