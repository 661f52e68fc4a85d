import type { JsonObject, JsonValue } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import {
  MqttUserInvalid,
  MqttUserNotAccessible,
  mqttUserJson,
  parseMqttUser,
  topicAccess,
} from '@gemel/model/mqtt-users';
import type { MqttUser, TopicAccess } from '@gemel/model/mqtt-users';
import type { SubjectId } from '@gemel/model/policies';
import { StoreUnavailable } from '../ports/index.js';
import type { PasswordHasher, RecordStore, StoredRecord } from '../ports/index.js';

const KIND = 'mqtt-user';
/** Users whose password was right and who come again without the cost of proving it. */
const MAX_REMEMBERED = 10_000;
/** Times that a change is tried again when others change the same user. */
const ATTEMPTS = 10;

/** Who signed in, and what it may do. */
export interface SignedIn {
  readonly subjects: readonly SubjectId[];
  readonly access: TopicAccess;
}

interface Known {
  readonly user: MqttUser;
  readonly hash: string;
  readonly revision: number;
}

/** Users of the embedded broker, mostly devices, in the store of records. */
export class MqttUsers {
  readonly #remembered = new Map<string, { readonly hash: string; readonly mark: string }>();

  constructor(
    private readonly records: RecordStore,
    private readonly hasher: PasswordHasher,
    /** Told of whose rights or password have changed, so that its connections end. */
    private readonly onChange: (name: string, change: 'modified' | 'deleted') => void,
    /** Whether a user whose password is right may still come. */
    private readonly isValid: (user: MqttUser) => Promise<boolean> = () => Promise.resolve(true),
  ) {}

  /** By name. */
  async list(after: string | undefined, limit: number): Promise<readonly JsonObject[]> {
    const records = await this.records.records(KIND, { prefix: '', after, limit });
    return records.map((record) => mqttUserJson(parseKnown(record).user));
  }

  /** Those whose names begin so, by name. */
  async named(prefix: string, limit: number): Promise<readonly MqttUser[]> {
    const records = await this.records.records(KIND, { prefix, limit });
    return records.map((record) => parseKnown(record).user);
  }

  async find(name: string): Promise<MqttUser | undefined> {
    return (await this.#find(name))?.user;
  }

  /** @throws MqttUserNotAccessible */
  async retrieve(name: string): Promise<JsonObject> {
    const known = await this.#find(name);
    if (known === undefined) throw new MqttUserNotAccessible(name);
    return mqttUserJson(known.user);
  }

  /** Without a password the one that there is stays. @throws MqttUserInvalid */
  async put(
    name: string,
    json: JsonValue,
  ): Promise<{ readonly outcome: 'created' | 'modified'; readonly json: JsonObject }> {
    const { user, password } = parseMqttUser(name, json);
    const hash = password === undefined ? undefined : await this.hasher.hash(password);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const known = await this.#find(name);
      const outcome = await this.#write(user, hash ?? known?.hash, known?.revision);
      if (outcome === undefined) continue;
      if (outcome === 'modified') this.onChange(name, 'modified');
      return { outcome, json: mqttUserJson(user) };
    }
    throw new StoreUnavailable('others change the same MQTT user all the time');
  }

  /** @throws MqttUserNotAccessible */
  async remove(name: string): Promise<void> {
    if ((await this.#find(name)) === undefined) throw new MqttUserNotAccessible(name);
    await this.records.removeRecords(KIND, [name]);
    this.#remembered.delete(name);
    this.onChange(name, 'deleted');
  }

  /** Undefined when there is no such user, `wrong` when the password is not the user's, or not any more. */
  async signIn(name: string, password: string, clientId: string): Promise<SignedIn | 'wrong' | undefined> {
    const known = await this.#find(name);
    if (known === undefined) return undefined;
    if (!(await this.#isRight(known, password)) || !(await this.isValid(known.user))) return 'wrong';
    return { subjects: known.user.subjects, access: topicAccess(known.user, clientId) };
  }

  async #find(name: string): Promise<Known | undefined> {
    const record = await this.records.record(KIND, name);
    return record && parseKnown(record);
  }

  /** Undefined when somebody else was first. @throws MqttUserInvalid a new one has no password */
  async #write(
    user: MqttUser,
    hash: string | undefined,
    revision: number | undefined,
  ): Promise<'created' | 'modified' | undefined> {
    if (hash === undefined) throw new MqttUserInvalid('/password must be there for a new user.');
    const content = { ...mqttUserJson(user), hash };
    if (revision === undefined) {
      return (await this.records.insertRecord(KIND, user.name, content)) ? 'created' : undefined;
    }
    return (await this.records.replaceRecord(KIND, user.name, revision, content)) ? 'modified' : undefined;
  }

  async #isRight({ user: { name }, hash }: Known, password: string): Promise<boolean> {
    const mark = this.hasher.mark(password);
    const remembered = this.#remembered.get(name);
    if (remembered?.hash === hash && remembered.mark === mark) return true;
    if (!(await this.hasher.verify(password, hash))) return false;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(name, { hash, mark });
    return true;
  }
}

function parseKnown({ key, revision, content }: StoredRecord): Known {
  const { hash, ...json } = isJsonObject(content) ? content : {};
  return { user: parseMqttUser(key, json).user, hash: typeof hash === 'string' ? hash : '', revision };
}
