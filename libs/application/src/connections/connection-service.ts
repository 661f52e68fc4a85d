import {
  ConnectionConfigurationInvalid,
  ConnectionConflict,
  ConnectionHistoryNotAccessible,
  ConnectionIdNotSettable,
  ConnectionNotAccessible,
  ConnectionSignalIllegal,
  ConnectionsAmountIllegal,
  hideSecrets,
  honoAsKafka,
  parseConnection,
  parseConnectionId,
  printConnection,
  requireMembers,
  restoreSecrets,
} from '@gemel/model/connections';
import type { Connection, ConnectionId, ConnectionRules } from '@gemel/model/connections';
import { formatPastMoment } from '@gemel/model/headers';
import type { PastMoment } from '@gemel/model/headers';
import { JsonFieldMissing, JsonInvalid, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';
import { PayloadMappers } from '../ingest/index.js';
import { RevisionConflict } from '../ports/index.js';
import type { ConnectionReport, IdSource, MappingScripts } from '../ports/index.js';
import { checkPreconditions, preconditionErrors, untilFirst } from '../signals/index.js';
import type { Preconditions, PreconditionVerb } from '../signals/index.js';
import type { ConnectionRegistry, KnownConnection } from './connection-registry.js';
import type { ConnectionTester } from './connection-tester.js';
import { textIn } from './connection-view.js';

const errors = preconditionErrors('connectivity');

export interface ConnectionServiceParts {
  readonly registry: ConnectionRegistry;
  readonly tester: Pick<ConnectionTester, 'test'>;
  readonly ids: IdSource;
  readonly rules: ConnectionRules;
  /** Most connections that are listed at once. */
  readonly maxListed: number;
  /** Connections that are shown and ruled by something else. */
  readonly fixed?: readonly FixedConnection[];
  /** Refuses addresses that connections must not go to. @throws ConnectionConfigurationInvalid */
  readonly checkHosts: (definition: JsonObject) => Promise<void>;
  /** Loads what runs the scripts of mappers. */
  readonly scripts: () => Promise<MappingScripts>;
}

/** A connection that is not stored: it can be looked at, and nothing else. */
export interface FixedConnection {
  readonly id: ConnectionId;
  readonly definition: JsonObject;
  readonly since: Instant;
  report(): ConnectionReport;
}

/** A connection as it is shown: without secrets. */
export interface ShownConnection {
  readonly id: ConnectionId;
  readonly revision: number;
  readonly etag: string;
  /** With `_revision`, `_created` and `_modified`, which are shown only to those who ask for them. */
  readonly json: JsonObject;
}

/** Definitions of connections, for operators. */
export class ConnectionService {
  constructor(private readonly parts: ConnectionServiceParts) {}

  /**
   * @param beforehand what has to be there before any process sees the connection
   * @param id chosen by the caller; a new one when undefined
   * @throws ConnectionIdNotSettable, ConnectionConflict
   */
  async create(
    json: JsonValue,
    beforehand: (id: ConnectionId, definition: JsonObject) => Promise<void>,
    id?: ConnectionId,
  ): Promise<ShownConnection> {
    const given = objectOf(json);
    if (id === undefined && member(given, 'id') !== undefined) throw new ConnectionIdNotSettable('generated');
    const connectionId = id ?? parseConnectionId(this.parts.ids.uuid());
    const present = this.#fixed(connectionId) ?? (await this.parts.registry.find(connectionId));
    if (present !== undefined) throw new ConnectionConflict(connectionId);
    const definition = await this.#checked(withId(given, connectionId), undefined);
    await beforehand(connectionId, definition);
    try {
      return shown(await this.parts.registry.put(connectionId, definition, undefined));
    } catch (error) {
      if (error instanceof RevisionConflict) throw new ConnectionConflict(connectionId);
      throw error;
    }
  }

  /** Nothing is stored. @throws ConnectionTestFailed, ConnectionTimeout */
  async test(json: JsonValue): Promise<string> {
    const given = objectOf(json);
    const known = member(given, 'id');
    const previous = typeof known === 'string' ? await this.parts.registry.find(parseConnectionId(known)) : undefined;
    const id = parseConnectionId(`${this.parts.ids.uuid()}-dry-run`);
    const definition = await this.#checked(withId(given, id), previous?.definition);
    return this.parts.tester.test(parseConnection(forTest(definition, id), this.parts.rules));
  }

  /** @throws ConnectionNotAccessible, ConnectionIdNotSettable */
  modify(id: ConnectionId, json: JsonValue, preconditions: Preconditions): Promise<ShownConnection> {
    const given = objectOf(json);
    const named = member(given, 'id');
    if (named !== undefined && named !== id) throw new ConnectionIdNotSettable('path');
    if (member(given, 'connectionStatus') === undefined) {
      throw new JsonFieldMissing('connectionStatus');
    }
    return this.#changing(id, preconditions, 'modify', async (present) => {
      const definition = await this.#checked(withId(given, id), present.definition);
      if (definition['connectionType'] !== present.definition['connectionType']) {
        const text = `must stay '${textIn(present.definition, 'connectionType') ?? ''}': the type of a connection cannot be changed`;
        throw new ConnectionConfigurationInvalid(id, [{ path: '/connectionType', text }]);
      }
      return shown(await this.parts.registry.put(id, definition, present));
    });
  }

  /** Changes only whether it should be open. */
  setStatus(id: ConnectionId, status: 'open' | 'closed'): Promise<KnownConnection> {
    return this.#changing(id, {}, 'modify', async (present) => {
      if (present.definition['connectionStatus'] === status) return present;
      const definition = { ...present.definition, connectionStatus: status };
      if (status === 'open') await this.parts.checkHosts(definition);
      return this.parts.registry.put(id, definition, present);
    });
  }

  /** Its last revision. @throws ConnectionNotAccessible */
  remove(id: ConnectionId, preconditions: Preconditions): Promise<number> {
    return this.#changing(id, preconditions, 'delete', (present) => this.parts.registry.remove(present));
  }

  /** @throws ConnectionNotAccessible */
  async retrieve(id: ConnectionId, preconditions: Preconditions): Promise<ShownConnection> {
    const found = shown(await this.known(id));
    checkPreconditions(preconditions, found.etag, 'retrieve', errors);
    return found;
  }

  /** As it was then. @throws ConnectionHistoryNotAccessible */
  async retrievePast(id: ConnectionId, moment: PastMoment): Promise<ShownConnection> {
    const { registry } = this.parts;
    const { revision = Number.MAX_SAFE_INTEGER, before = Number.MAX_SAFE_INTEGER } = moment;
    const last = await registry.lastRevision(id);
    for (let each = Math.min(revision, last); each > 0; each--) {
      const found = await registry.past(id, each);
      if (found !== undefined && found.modified < before) {
        if (found.deleted) break;
        return shown(found);
      }
    }
    throw new ConnectionHistoryNotAccessible(id, formatPastMoment(moment));
  }

  /** With their secrets in the clear. @throws ConnectionNotAccessible */
  async known(id: ConnectionId): Promise<KnownConnection> {
    const found = this.#fixed(id) ?? (await this.parts.registry.find(id));
    if (found === undefined) throw new ConnectionNotAccessible(id);
    return found;
  }

  /** The connection to Kafka that a Hono connection stands for, without its secrets. @throws ConnectionConfigurationInvalid */
  async resolvedHono(id: ConnectionId): Promise<JsonObject> {
    const { definition } = await this.known(id);
    const { hono, ...rules } = this.parts.rules;
    const connection = parseConnection(definition, rules);
    if (connection.type !== 'hono' || hono === undefined) {
      const text = hono === undefined ? 'is not configured here: set GEMEL_HONO_URI' : "must be 'hono' for this";
      throw new ConnectionConfigurationInvalid(id, [{ path: '/connectionType', text }]);
    }
    return hideSecrets(printConnection(honoAsKafka(definition, connection.specificConfig, hono)));
  }

  /** @throws ConnectionsAmountIllegal */
  async list(): Promise<readonly ShownConnection[]> {
    const all = await this.#all();
    if (all.length > this.parts.maxListed) throw new ConnectionsAmountIllegal(this.parts.maxListed);
    return all.map(shown);
  }

  /** @param tag those that have it; all when undefined */
  async ids(tag?: string): Promise<readonly ConnectionId[]> {
    const all = await this.#all();
    const tagged = tag === undefined ? all : all.filter(({ definition }) => hasTag(definition, tag));
    return tagged.map(({ id }) => id);
  }

  async #all(): Promise<readonly KnownConnection[]> {
    const fixed = (this.parts.fixed ?? []).map(knownOf);
    return [...fixed, ...(await this.parts.registry.all())];
  }

  #fixed(id: ConnectionId): KnownConnection | undefined {
    const found = this.parts.fixed?.find((each) => each.id === id);
    return found && knownOf(found);
  }

  async #checked(given: JsonObject, previous: JsonObject | undefined): Promise<JsonObject> {
    requireMembers(given);
    const definition = restoreSecrets(given, previous);
    const { mappings } = parseConnection(definition, this.parts.rules);
    await this.parts.checkHosts(definition);
    await this.#checkScripts(mappings);
    return printConnection(definition);
  }

  /** Begins each script as an open connection does, so that one that cannot be run is refused and not stored. */
  async #checkScripts(mappings: Connection['mappings']): Promise<void> {
    const mappers = await PayloadMappers.open(mappings, this.parts.scripts);
    mappers.close();
  }

  async #changing<T>(
    id: ConnectionId,
    preconditions: Preconditions,
    verb: PreconditionVerb,
    change: (present: KnownConnection) => Promise<T>,
  ): Promise<T> {
    if (this.#fixed(id) !== undefined) throw new ConnectionSignalIllegal(id, 'the settings of the process rule it');
    return untilFirst(async () => {
      const present = await this.known(id);
      checkPreconditions(preconditions, etagOf(present.revision), verb, errors);
      return change(present);
    });
  }
}

function knownOf({ id, definition, since }: FixedConnection): KnownConnection {
  return { id, definition, revision: 1, created: since, modified: since, deleted: false, isReadable: true };
}

function shown({ id, revision, created, modified, definition }: KnownConnection): ShownConnection {
  const meta = { _revision: revision, _created: formatInstant(created), _modified: formatInstant(modified) };
  return { id, revision, etag: etagOf(revision), json: { ...hideSecrets(printConnection(definition)), ...meta } };
}

function etagOf(revision: number): string {
  return `"rev:${String(revision)}"`;
}

function withId(json: JsonObject, id: ConnectionId): JsonObject {
  // What does not say that it is to be opened is not. [ditto ConnectionsRoute]
  return { connectionStatus: 'unknown', ...json, id };
}

/** Takes no session nor offsets of the connection that there may be, and leaves none behind. */
function forTest(definition: JsonObject, id: ConnectionId): JsonObject {
  const config = definition['specificConfig'];
  const given = isJsonObject(config) ? config : {};
  const own =
    definition['connectionType'] === 'mqtt' || definition['connectionType'] === 'mqtt-5'
      ? { clientId: id.slice(0, 100), publisherId: `${id}-p`.slice(0, 100), cleanSession: 'true' }
      : definition['connectionType'] === 'kafka' || definition['connectionType'] === 'hono'
        ? { groupId: id }
        : {};
  const specificConfig = { ...given, ...own };
  return Object.keys(specificConfig).length === 0 ? definition : { ...definition, specificConfig };
}

function hasTag({ tags }: JsonObject, tag: string): boolean {
  return Array.isArray(tags) && tags.includes(tag);
}

/** @throws JsonInvalid */
function objectOf(json: JsonValue): JsonObject {
  if (!isJsonObject(json)) throw new JsonInvalid('a connection is an object');
  return json;
}
