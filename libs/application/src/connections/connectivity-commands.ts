import {
  ConnectionConfigurationInvalid,
  ConnectionSignalIllegal,
  hideSecrets,
  parseConnectionId,
  printConnection,
} from '@gemel/model/connections';
import type { ConnectionId } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import { JsonFieldMissing, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { Piggyback } from '@gemel/model/operations';
import { formatInstant } from '@gemel/model/time';
import { PiggybackUnsupported } from '../operations/index.js';
import type { Clock } from '../ports/index.js';
import type { ConnectionManagement } from './create-connection-management.js';
import { textIn } from './connection-view.js';

const SERVICE = 'connectivity';
const COMMANDS = 'connectivity.commands:';
const SUDO = 'connectivity.sudo.commands:';

/** Connections of which nothing was locked anew. */
const NOTHING = { processed: 0, skipped: 0, failed: 0 };

type Handler = (command: JsonObject) => Promise<JsonObject>;

/** Ditto's connectivity commands as operators send them past the HTTP API ("piggyback"). */
export class ConnectivityCommands {
  readonly #handlers: ReadonlyMap<string, Handler>;
  /** What the last locking anew has done, and when. */
  #relocked: JsonObject = {
    phase: 'completed',
    ...{ snapshots: NOTHING, journalEvents: NOTHING, progress: {}, timing: {} },
    ...{ dryRun: false, migrationActive: false },
  };

  constructor(
    private readonly management: ConnectionManagement,
    private readonly clock: Clock,
  ) {
    const { connections, control } = management;
    const simple = [
      'openConnection',
      'closeConnection',
      'resetConnectionMetrics',
      'enableConnectionLogs',
      'resetConnectionLogs',
    ];
    this.#handlers = new Map<string, Handler>([
      ...simple.map((name): [string, Handler] => [COMMANDS + name, (command) => this.#simple(name, command)]),
      [`${COMMANDS}createConnection`, (command) => this.#create(command)],
      [`${COMMANDS}modifyConnection`, (command) => this.#modify(command)],
      [`${COMMANDS}deleteConnection`, (command) => this.#remove(command)],
      [`${COMMANDS}testConnection`, (command) => this.#test(command)],
      [`${COMMANDS}retrieveConnection`, (command) => this.#retrieve(command)],
      [
        `${COMMANDS}retrieveConnectionStatus`,
        async (command) => ({ status: 200, ...(await control.status(idIn(command))) }),
      ],
      [
        `${COMMANDS}retrieveConnectionMetrics`,
        async (command) => ({ status: 200, ...(await control.metrics(idIn(command))) }),
      ],
      [
        `${COMMANDS}retrieveConnectionLogs`,
        async (command) => ({ status: 200, ...(await control.logs(idIn(command))) }),
      ],
      [
        `${COMMANDS}retrieveAllConnectionIds`,
        async () => ({ status: 200, connectionIds: [...(await connections.ids())] }),
      ],
      [
        `${COMMANDS}retrieveHonoConnection`,
        async (command) => ({ status: 200, connection: await connections.resolvedHono(idIn(command)) }),
      ],
      [`${COMMANDS}migrateEncryption`, (command) => this.#relock(command)],
      [`${COMMANDS}migrateEncryptionStatus`, () => Promise.resolve({ status: 200, ...this.#relocked })],
      [
        `${COMMANDS}migrateEncryptionAbort`,
        () => Promise.reject(new ConnectionSignalIllegal('*', 'nothing is being encrypted anew')),
      ],
      [`${SUDO}sudoRetrieveConnectionIdsByTag`, (command) => this.#idsByTag(command)],
      [`${SUDO}sudoRetrieveConnectionTags`, (command) => this.#tags(command)],
    ]);
  }

  /** The services that know the command; none for an unknown one. */
  servicesFor({ type }: Piggyback): readonly string[] {
    return this.#handlers.has(type) ? [SERVICE] : [];
  }

  /** What the service answers to the command. @throws PiggybackUnsupported it is none of this service's */
  async execute(service: string, { type, command }: Piggyback): Promise<JsonObject> {
    const handler = service === SERVICE ? this.#handlers.get(type) : undefined;
    if (handler === undefined) throw new PiggybackUnsupported(type);
    try {
      const { status, ...rest } = await handler(command);
      return { type: type.replace('.commands:', '.responses:'), status: status ?? 200, ...rest };
    } catch (error) {
      if (error instanceof GemelError) return { ...error.toJson() };
      throw error;
    }
  }

  async #simple(name: string, command: JsonObject): Promise<JsonObject> {
    const id = idIn(command);
    await this.management.control.command(id, COMMANDS + name);
    return { status: 200, connectionId: id };
  }

  async #create(command: JsonObject): Promise<JsonObject> {
    const connection = connectionIn(command);
    const given = textIn(connection, 'id');
    const id = given === undefined ? undefined : parseConnectionId(given);
    const created = await this.management.control.create(connection, id);
    return { status: 201, connection: created.json };
  }

  async #modify(command: JsonObject): Promise<JsonObject> {
    const connection = connectionIn(command);
    const id = parseConnectionId(textIn(connection, 'id') ?? '');
    await this.management.connections.modify(id, connection, {});
    return { status: 204, connectionId: id };
  }

  async #remove(command: JsonObject): Promise<JsonObject> {
    const id = idIn(command);
    await this.management.connections.remove(id, {});
    return { status: 204, connectionId: id };
  }

  async #test(command: JsonObject): Promise<JsonObject> {
    const connection = connectionIn(command);
    const testResult = await this.management.connections.test(connection);
    return { status: 200, connectionId: textIn(connection, 'id') ?? '', testResult };
  }

  async #retrieve(command: JsonObject): Promise<JsonObject> {
    const { definition } = await this.management.connections.known(idIn(command));
    return { status: 200, connection: hideSecrets(printConnection(definition)) };
  }

  async #idsByTag(command: JsonObject): Promise<JsonObject> {
    const tag = textIn(command, 'tag');
    if (tag === undefined) throw new JsonFieldMissing('tag');
    return { status: 200, connectionIds: [...(await this.management.connections.ids(tag))] };
  }

  async #tags(command: JsonObject): Promise<JsonObject> {
    const id = idIn(command);
    const { definition } = await this.management.connections.known(id);
    return { status: 200, connectionId: id, tags: definition['tags'] ?? [] };
  }

  /** There are few connections: it is over when it is answered, and nothing is left to resume. */
  async #relock(command: JsonObject): Promise<JsonObject> {
    const startedAt = formatInstant(this.clock.now());
    const flags = { dryRun: isTrue(member(command, 'dryRun')), resumed: isTrue(member(command, 'resume')) };
    if (flags.resumed) return { status: 200, phase: 'already_completed', ...flags, startedAt };
    const { snapshots, journal } = await this.management.registry.relock(flags.dryRun);
    const updatedAt = formatInstant(this.clock.now());
    const timing = { startedAt, updatedAt };
    this.#relocked = {
      phase: 'completed',
      snapshots: { ...snapshots },
      journalEvents: { ...journal },
      progress: {},
      timing,
      dryRun: flags.dryRun,
      migrationActive: false,
    };
    return { status: 202, phase: 'snapshots', ...flags, startedAt };
  }
}

function idIn(command: JsonObject): ConnectionId {
  const id = textIn(command, 'connectionId');
  if (id === undefined) throw new JsonFieldMissing('connectionId');
  return parseConnectionId(id);
}

function connectionIn(command: JsonObject): JsonObject {
  const connection = member(command, 'connection');
  if (connection === undefined) throw new JsonFieldMissing('connection');
  if (!isJsonObject(connection))
    throw new ConnectionConfigurationInvalid('', [{ path: '/', text: 'must be an object' }]);
  return connection;
}

function isTrue(value: JsonValue | undefined): boolean {
  return value === true || value === 'true';
}
