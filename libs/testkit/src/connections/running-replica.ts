import { ConnectionRunner } from '@gemel/application/connections';
import { FailureLog, Ingest } from '@gemel/application/ingest';
import { LeaseKeeper } from '@gemel/application/leases';
import { PUBLISHED } from '@gemel/application/ports';
import type {
  Connector,
  ConnectorObserver,
  EventReader,
  InboundHandler,
  InboundMessage,
  Logger,
  OutboundMessage,
} from '@gemel/application/ports';
import type { SignalContext } from '@gemel/application/signals';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { compileRights, parseSubjectId } from '@gemel/model/policies';
import type { Policy } from '@gemel/model/policies';
import { parseStoredThing } from '@gemel/model/things';
import type { ThingCommand } from '@gemel/model/things';
import { MemoryLeases, VirtualTimers } from '../memory/index.js';
import { carConnection } from './car-signals.js';

const ignore = () => undefined;
const silent: Logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const ditto = parseSubjectId('nginx:ditto');
const thingId = parseThingId('example:car');
const everything: Policy = {
  policyId: parsePolicyId('example:policy'),
  imports: {},
  entries: {
    owner: {
      subjects: { [ditto]: { type: 't' } },
      resources: { 'thing:/': { grant: ['READ'], revoke: [] } },
      importable: 'implicit',
    },
  },
};

/** A replica with everything around the runner faked. */
export class RunningReplica {
  readonly opened: { handler: InboundHandler; observer: ConnectorObserver }[] = [];
  readonly closed: number[] = [];
  readonly readers: EventReader[] = [];
  readonly published: OutboundMessage[] = [];
  readonly executed: { command: ThingCommand; context: SignalContext }[] = [];
  publish: (message: OutboundMessage) => Promise<void> = (message) =>
    Promise.resolve(void this.published.push(message));
  execute: (command: ThingCommand) => Promise<void> = () => Promise.resolve();
  look: () => Promise<void> = () => Promise.resolve();
  /** What makes it in place of the usual one. */
  connector: (() => Promise<Connector>) | undefined;
  readonly failures: FailureLog;
  readonly logged: string[] = [];
  readonly runner: ConnectionRunner;

  constructor(holder: string, leases: MemoryLeases, timers: VirtualTimers) {
    const clock = { now: () => timers.now() };
    const log: Logger = {
      error: (_fields, message) => this.logged.push(`error ${message}`),
      warn: (_fields, message) => this.logged.push(`warn ${message}`),
      info: (_fields, message) => this.logged.push(`info ${message}`),
      debug: () => undefined,
    };
    this.failures = new FailureLog(clock, silent);
    const things = {
      execute: async (command: ThingCommand, context: SignalContext) => {
        await this.execute(command);
        this.executed.push({ command, context });
        return { kind: 'modified', revision: 1 } as never;
      },
    };
    const state = { thing: parseStoredThing({ thingId, policyId: everything.policyId }), revision: 9 };
    this.runner = new ConnectionRunner({
      scripts: () => Promise.reject(new Error('no mapper here has a script')),
      leases: new LeaseKeeper({ store: leases, timers, log, holder }),
      connectors: () =>
        this.connector?.() ??
        Promise.resolve({
          open: async (_connection, handler, observer) => {
            this.opened.push({ handler, observer });
            return {
              publish: (message) => this.publish(message).then(() => PUBLISHED),
              hasReceivers: () => true,
              status: () => ({ state: 'open', detail: '' }),
              close: async (deadlineMs) => void this.closed.push(deadlineMs),
            };
          },
        }),
      ingest: new Ingest(things, this.failures, { uuid: () => 'generated' }),
      live: { subscribe: () => ({ close: () => undefined }), answer: () => ({ is: 'expected' }) },
      announcements: { subscribe: () => ({ close: ignore }) },
      diversions: { divert: ignore, accept: () => ({ close: ignore }) },
      deadLetters: { send: () => Promise.resolve(), accept: () => ({ close: ignore }) },
      acks: { issue: () => undefined },
      events: {
        feed: {
          follow: (reader) => {
            this.readers.push(reader);
            return { stop: () => Promise.resolve() };
          },
          watch: () => ({ stop: () => Promise.resolve() }),
        },
        states: {
          thing: async () => {
            await this.look();
            return { ...state, created: 0, modified: 0, deleted: false };
          },
          policy: () => Promise.resolve(undefined),
        },
        enforcers: { rights: async () => compileRights(Object.values(everything.entries), [ditto], 0) },
      },
      clock,
      timers,
      log,
    });
  }

  /** As the connector does it. */
  receive(message: InboundMessage): Promise<void> {
    return this.opened.at(-1)?.handler(message) ?? Promise.reject(new Error('nothing is open'));
  }

  values(): unknown[] {
    return this.executed.map(({ command }) => 'value' in command && command.value);
  }
}

/** So many that share the leases; nothing runs yet. */
export function runningReplicas(count = 1) {
  const timers = new VirtualTimers();
  const leases = new MemoryLeases();
  const replicas = Array.from({ length: count }, (_, index) => new RunningReplica(`r${index}`, leases, timers));
  return { timers, leases, replicas, replica: replicas[0] ?? new RunningReplica('r0', leases, timers) };
}

/** One that has begun to run a connection. */
export async function runningReplica(connection = carConnection()) {
  const parts = runningReplicas();
  parts.replica.runner.start([connection]);
  await parts.timers.advance(0);
  return parts;
}
