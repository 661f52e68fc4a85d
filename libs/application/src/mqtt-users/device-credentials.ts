import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import {
  CredentialNotFound,
  CredentialTaken,
  CredentialsTooMany,
  CredentialsTooOften,
  credentialJson,
  credentialName,
  credentialPrefix,
  credentialRequest,
} from '@gemel/model/mqtt-users';
import type { DeviceTopics, MqttUser } from '@gemel/model/mqtt-users';
import { PolicyNotModifiable } from '@gemel/model/policies';
import { ThingNotAccessible } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Instant } from '@gemel/model/time';
import { ThingAccess } from '../policies/index.js';
import type { PolicyEnforcers } from '../policies/index.js';
import type { Clock, IdSource, Logger, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { MqttUsers } from './mqtt-users.js';

/** Most credentials of a thing, and passwords that are made for it within a minute: each costs the work of a hash. */
const MAX = { credentials: 10, perMinute: 10 };
const MINUTE_MS = 60_000;
/** Things whose pace is remembered. */
const MAX_PACED = 10_000;

export interface DeviceCredentialParts {
  readonly users: Pick<MqttUsers, 'find' | 'named' | 'put' | 'remove'>;
  readonly states: Pick<StateStore, 'thing'>;
  readonly enforcers: Pick<PolicyEnforcers, 'enforcer'>;
  readonly topics: DeviceTopics;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
}

/**
 * Credentials of the devices of things, for whoever may change the things' policies: what those allow `mqtt:` and the name of
 * a credential is what a device may do with it, on the topics that operators give to all.
 */
export class DeviceCredentials {
  readonly #made = new Map<ThingId, readonly Instant[]>();

  constructor(private readonly parts: DeviceCredentialParts) {}

  /** By label, without passwords. @throws ThingNotAccessible, PolicyNotModifiable */
  async list(thingId: ThingId, context: SignalContext): Promise<readonly JsonObject[]> {
    const state = await this.#administered(thingId, context);
    return (await this.#credentials(thingId)).filter(isOf(state)).map(credentialJson);
  }

  /**
   * Makes a credential, or a new password for the one there is, which ends its connections. The password is told this once.
   * @throws ThingNotAccessible, PolicyNotModifiable, CredentialTaken, CredentialsTooMany, CredentialsTooOften, MqttUserInvalid
   */
  async issue(
    thingId: ThingId,
    label: string,
    context: SignalContext,
  ): Promise<{ readonly outcome: 'created' | 'modified'; readonly json: JsonObject }> {
    const { users, topics, clock, ids } = this.parts;
    const state = await this.#administered(thingId, context);
    const name = credentialName(thingId, label);
    const known = await this.#find(name);
    if (known === undefined || !isOf(state)(known)) await this.#makeRoom(state);
    const now = clock.now();
    this.#keepPace(thingId, now);
    const password = ids.uuid();
    const { outcome } = await users.put(name, { ...credentialRequest(thingId, topics, now), password });
    this.#tell('made the password of a credential', { name, outcome }, context);
    const issued = await users.find(name);
    return { outcome, json: { ...(issued && credentialJson(issued)), password } };
  }

  /** Ends its connections and sessions. @throws ThingNotAccessible, PolicyNotModifiable, CredentialTaken, CredentialNotFound */
  async revoke(thingId: ThingId, label: string, context: SignalContext): Promise<void> {
    await this.#administered(thingId, context);
    const name = credentialName(thingId, label);
    if ((await this.#find(name)) === undefined) throw new CredentialNotFound(name);
    await this.parts.users.remove(name);
    this.#tell('deleted a credential', { name }, context);
  }

  /** @throws ThingNotAccessible, PolicyNotModifiable */
  async #administered(thingId: ThingId, context: SignalContext): Promise<ThingState> {
    const { states, enforcers } = this.parts;
    const { state, thing, enforcer } = await new ThingAccess(states, enforcers).thing(thingId, context);
    if (enforcer.permits('policy', [], 'WRITE')) return state;
    if (enforcer.view(thing) === undefined) throw new ThingNotAccessible(thingId);
    throw new PolicyNotModifiable(thing.policyId);
  }

  /** @throws CredentialTaken */
  async #find(name: string): Promise<MqttUser | undefined> {
    const user = await this.parts.users.find(name);
    if (user !== undefined && user.issued === undefined) throw new CredentialTaken(name);
    return user;
  }

  async #credentials(thingId: ThingId): Promise<readonly MqttUser[]> {
    const all = await this.parts.users.named(credentialPrefix(thingId), 2 * MAX.credentials);
    return all.filter(({ issued, thingId: owner }) => issued !== undefined && owner === thingId);
  }

  /** @throws CredentialsTooMany */
  async #makeRoom(state: ThingState): Promise<void> {
    const all = await this.#credentials(state.thing.thingId);
    const old = all.filter((user) => !isOf(state)(user));
    if (all.length - old.length >= MAX.credentials) throw new CredentialsTooMany(MAX.credentials);
    for (const { name } of old) await this.parts.users.remove(name);
  }

  /** @throws CredentialsTooOften */
  #keepPace(thingId: ThingId, now: Instant): void {
    const recent = (this.#made.get(thingId) ?? []).filter((at) => at > now - MINUTE_MS);
    if (recent.length >= MAX.perMinute) throw new CredentialsTooOften(MAX.perMinute);
    if (this.#made.size >= MAX_PACED) this.#made.clear();
    this.#made.set(thingId, [...recent, now]);
  }

  #tell(what: string, fields: Readonly<Record<string, string>>, { subjects, headers }: SignalContext): void {
    const correlationId = headers['correlation-id'];
    this.parts.log.info({ ...fields, by: subjects[0], correlationId }, what);
  }
}

/** Not of a thing that had the same ID before. */
function isOf({ created }: ThingState): (user: MqttUser) => boolean {
  return ({ issued = 0 }) => issued >= created;
}
