import type { Composition } from '@gemel/application/composition';
import type { SignalContext } from '@gemel/application/signals';
import { GemelError } from '@gemel/model/errors';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { isJsonObject, parseFieldSelector, parseJson, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { ThingNotAccessible } from '@gemel/model/things';
import { POLICY, SECRET } from './answer-invariants.js';
import type { AnswerInvariants, Asked } from './answer-invariants.js';
import type { Cluster } from './cluster.js';
import { writeDirectly } from './direct-writes.js';
import { DEVICES, THINGS, TWINS, TYPES } from './make-scenario.js';
import { changePlanned } from './planned-changes.js';
import type { Replica } from './replica.js';
import { CONNECTIONS } from './replica.js';
import { isCompositionOperation } from './scenario.js';
import type { Caller, CompositionOperation, Operation } from './scenario.js';
import { hash32 } from './seeded-random.js';
import type { SeededRandom } from './seeded-random.js';

const SUBJECTS: Readonly<Record<Caller | 'device', string>> = {
  owner: 'sim:owner',
  guest: 'sim:guest',
  device: 'sim:device',
};
const EVERYTHING = { grant: ['READ', 'WRITE'], revoke: [] };
const COUNT_TRIES = 3;
const MEMBERS = parseFieldSelector('thingId,_revision,attributes');

/** Does what a scenario's operations say, through the use cases of the replicas, and looks at the answers. */
export class Workload {
  readonly #answers: AnswerInvariants;
  readonly #running = new Map<string, Replica>();
  #sequence = 0;

  constructor(private readonly cluster: Cluster) {
    this.#answers = cluster.invariants.answers;
  }

  /** Makes the policy and the entities that everything else is about. */
  async setUp({ core }: Replica): Promise<void> {
    const policyId = parsePolicyId(POLICY);
    await core.policies.execute({ kind: 'create', policyId, value: policyOf() }, context('owner', 'set-up policy'));
    for (const id of [...THINGS, ...DEVICES]) {
      const value = contentOf(id);
      await core.things.execute({ kind: 'create', thingId: parseThingId(id), value }, context('owner', `set-up ${id}`));
    }
    for (const [id, entities] of [...TYPES, ...TWINS].map((id) => [id, kindIn(core, id)] as const)) {
      await entities.put(parseThingId(id), contentOf(id), context('owner', `set-up ${id}`));
    }
  }

  /** Lets every operation begin at its time. */
  schedule(): void {
    const { world, scenario } = this.cluster;
    for (const operation of scenario.operations) {
      world.after(operation.at - world.now, () => this.#begin(operation));
    }
  }

  /** Operations that living replicas owe an answer to. */
  unanswered(): readonly string[] {
    return [...this.#running].flatMap(([id, { process }]) => (process.isAlive ? [id] : []));
  }

  #begin(operation: Operation): void {
    if (operation.kind === 'telemetry') {
      this.#telemetry(operation.id, operation.device);
      return;
    }
    const role = isCompositionOperation(operation) ? 'extended-api' : 'things';
    const replica = this.cluster.replica(role, operation.replica);
    // A dead replica refuses the connection, a suspended one answers later.
    replica.process.deliverAfter(1, () => {
      this.cluster.world.note(replica.process.name, `is asked ${JSON.stringify(operation)}`);
      this.#running.set(operation.id, replica);
      void this.#perform(operation, replica).finally(() => this.#running.delete(operation.id));
    });
  }

  async #perform(operation: Operation, replica: Replica): Promise<void> {
    const { world } = this.cluster;
    try {
      await this.#do(operation, replica);
      world.note(replica.process.name, `answers ${operation.id}`);
    } catch (error) {
      if (error instanceof GemelError) world.note(replica.process.name, `answers ${operation.id}: ${error.message}`);
      else world.violate('no-errors-logged', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  async #do(operation: Operation, replica: Replica): Promise<void> {
    if (isCompositionOperation(operation)) return this.#changeComposition(operation, replica);
    switch (operation.kind) {
      case 'write':
        return this.#write(operation.id, operation.thing, replica);
      case 'count':
        return this.#count(operation.id, operation.thing, replica);
      case 'recreate':
        return this.#recreate(operation.id, operation.thing, replica);
      case 'read':
        return this.#read(operation.id, operation.thing, operation.as, replica);
      case 'search':
        return this.#search(operation.as, replica);
      case 'subscribe':
        this.#subscribe(operation.id, operation.as, replica);
        return;
      case 'grant':
      case 'revoke':
        return this.#setSecret(operation.id, operation.kind, replica);
      case 'direct':
        return writeDirectly(operation, replica.core.things, context('owner', operation.id));
      case 'telemetry':
        return;
    }
  }

  async #write(id: string, thing: string, { core }: Replica): Promise<void> {
    const thingId = parseThingId(thing);
    const asked = this.#answers.asked();
    const command = { kind: 'modify', thingId, path: ['attributes', 'secret'], value: this.#next() } as const;
    const reply = await core.things.execute(command, context('owner', id));
    this.#answers.acknowledged(thingId, reply.revision, id);
    this.#answers.decided(thingId, reply.revision, asked);
  }

  /** Reads, and writes one more unless somebody else was faster. */
  async #count(id: string, thing: string, { core }: Replica): Promise<void> {
    const thingId = parseThingId(thing);
    const path = ['attributes', 'count'];
    for (let attempt = 1; attempt <= COUNT_TRIES; attempt += 1) {
      const asked = this.#answers.asked();
      const read = await core.things.execute({ kind: 'retrieve', thingId, path: [] }, context('owner', id));
      this.#answers.found(thingId, read.revision, asked);
      this.#answers.readAt(thingId, read.revision, read.value);
      const count = isJsonObject(read.value) ? valueAt(read.value, path) : undefined;
      const correlationId = `${id}.${attempt}`;
      // Only the whole thing has a tag that changes with everything in it.
      const command = {
        kind: 'merge',
        thingId,
        path: [],
        value: { attributes: { count: Number(count ?? 0) + 1 } },
      } as const;
      try {
        const reply = await core.things.execute(command, {
          ...context('owner', correlationId),
          preconditions: { ifMatch: read.etag },
        });
        this.#answers.acknowledged(thingId, reply.revision, correlationId);
        return;
      } catch (error) {
        if (!(error instanceof GemelError) || error.status !== 412) throw error;
      }
    }
  }

  async #recreate(id: string, thing: string, { core }: Replica): Promise<void> {
    const thingId = parseThingId(thing);
    try {
      const reply = await core.things.execute({ kind: 'delete', thingId, path: [] }, context('owner', `${id}.d`));
      this.#answers.acknowledged(thingId, reply.revision, `${id}.d`);
    } catch (error) {
      if (!(error instanceof ThingNotAccessible)) throw error;
    }
    const value = contentOf(thing);
    const reply = await core.things.execute({ kind: 'create', thingId, value }, context('owner', `${id}.c`));
    this.#answers.acknowledged(thingId, reply.revision, `${id}.c`);
  }

  async #read(id: string, thing: string, as: Caller, { core }: Replica): Promise<void> {
    const thingId = parseThingId(thing);
    const asked = this.#answers.asked();
    try {
      const reply = await core.things.execute({ kind: 'retrieve', thingId, path: [] }, context(as, id));
      this.#answers.found(thingId, reply.revision, asked);
      if (as === 'owner') this.#answers.readAt(thingId, reply.revision, reply.value);
      if (isJsonObject(reply.value)) this.#answers.shown(reply.value, SUBJECTS[as], asked.at);
    } catch (error) {
      if (!(error instanceof ThingNotAccessible)) throw error;
      this.#answers.notFound(thingId, asked);
    }
  }

  async #search(as: Caller, { core }: Replica): Promise<void> {
    const asked = this.#answers.asked();
    const subjects = context(as, '').subjects;
    const all = await core.search.search({ option: 'size(200)', fields: MEMBERS }, { subjects });
    const ids = new Set(all.items.map((item) => item['thingId']));
    for (const item of all.items) this.#checkFound(item, as, asked);
    for (const thing of THINGS) if (!ids.has(thing)) this.#answers.notFound(thing, asked);
    const since = this.#answers.asked();
    const secret = await core.search.search({ filter: `exists(${SECRET})`, option: 'size(200)' }, { subjects });
    for (const item of secret.items) {
      this.#answers.matchedBySecret(item);
      this.#answers.shown(item, SUBJECTS[as], since.at);
    }
  }

  #checkFound({ _revision: revision, ...item }: JsonObject, as: Caller, asked: Asked): void {
    this.#answers.found(typeof item['thingId'] === 'string' ? item['thingId'] : '', Number(revision), asked);
    this.#answers.shown(item, SUBJECTS[as], asked.at);
  }

  #subscribe(id: string, as: Caller, { core, process }: Replica): void {
    const { arrivals, invariants } = this.cluster;
    core.streams.open({}, context(as, id), {
      next: ({ thingId, revision, json }) => {
        invariants.readers.streamed(`stream ${id}`, thingId, revision);
        const shown = parseJson(json);
        const since = arrivals.get(`${process.name} ${thingId}#${revision}`);
        if (isJsonObject(shown) && since !== undefined) this.#answers.shown(shown, SUBJECTS[as], since);
      },
      ended: () => undefined,
    });
  }

  async #setSecret(id: string, verb: 'grant' | 'revoke', { core }: Replica): Promise<void> {
    const permissions = verb === 'grant' ? { grant: ['READ'], revoke: [] } : { grant: [], revoke: ['READ'] };
    const path = ['entries', 'guest', 'resources', `thing:/${SECRET}`];
    const policyId = parsePolicyId(POLICY);
    const command = { kind: 'modify', policyId, path, value: permissions } as const;
    const { revision } = await core.policies.execute(command, context('owner', id));
    this.cluster.invariants.log.answered(id);
    this.#answers.policyAcknowledged(revision);
  }

  #telemetry(id: string, device: string): void {
    const correlationId = `message ${id}`;
    const value = this.#next();
    const envelope = {
      topic: `${device.replace(':', '/')}/things/twin/commands/merge`,
      headers: { 'correlation-id': correlationId, 'content-type': 'application/merge-patch+json' },
      path: '/features/speed/properties',
      value: { value },
    };
    const connection = CONNECTIONS[hash32(device) % CONNECTIONS.length] ?? CONNECTIONS[0];
    this.cluster.shared.broker.publish(connection, {
      id: correlationId,
      device,
      sentAt: this.cluster.world.now,
      payload: new TextEncoder().encode(JSON.stringify(envelope)),
    });
  }

  async #changeComposition(operation: CompositionOperation, { core }: Replica): Promise<void> {
    const caller = context('owner', operation.id);
    const isPlanned = this.#chosen(operation).chance(0.5) && (await changePlanned(operation, core.composition, caller));
    if (!isPlanned) await this.#changeDirectly(operation, core.composition, caller);
    this.cluster.invariants.log.answered(operation.id);
  }

  async #changeDirectly(
    operation: CompositionOperation,
    composition: Composition,
    caller: SignalContext,
  ): Promise<void> {
    const { types, twins, trees } = composition;
    const entities = 'of' in operation && operation.of === 'type' ? types : twins;
    switch (operation.kind) {
      case 'link': {
        const link = { parentId: parseThingId(operation.parent), count: this.#chosen(operation).between(1, 2) };
        await entities.link(parseThingId(operation.child), link, undefined, caller);
        break;
      }
      case 'unlink':
        await entities.unlink(parseThingId(operation.child), parseThingId(operation.parent), caller);
        break;
      case 'put':
        await entities.put(parseThingId(operation.target), contentOf(operation.target), caller);
        break;
      case 'instantiate':
        await trees.instantiate(parseThingId(operation.type), parseThingId(operation.twin), {}, caller);
        break;
      case 'duplicate':
        await trees.duplicate(parseThingId(operation.twin), parseThingId(operation.copy), {}, caller);
        break;
      case 'delete':
        if (operation.of === 'tree') await trees.delete(parseThingId(operation.target), caller);
        else await entities.delete(parseThingId(operation.target), caller);
        break;
    }
  }

  /** What an operation leaves to chance, whatever others there are. */
  #chosen({ id }: Operation): SeededRandom {
    return this.cluster.world.random(id);
  }

  /** A value that nothing else has. */
  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}

function context(as: Caller, correlationId: string): SignalContext {
  return { subjects: [parseSubjectId(SUBJECTS[as])], headers: { 'correlation-id': correlationId } };
}

function contentOf(id: string): JsonObject {
  return { policyId: POLICY, attributes: { name: id, secret: 0 } };
}

function kindIn({ composition }: Replica['core'], id: string) {
  return TYPES.some((type) => type === id) ? composition.types : composition.twins;
}

function policyOf(): JsonObject {
  const entry = (subject: string, resources: JsonValue) => ({ subjects: { [subject]: { type: 'test' } }, resources });
  return {
    entries: {
      owner: entry(SUBJECTS.owner, { 'thing:/': EVERYTHING, 'policy:/': EVERYTHING }),
      device: entry(SUBJECTS.device, { 'thing:/': EVERYTHING }),
      guest: entry(SUBJECTS.guest, {
        'thing:/': { grant: ['READ'], revoke: [] },
        [`thing:/${SECRET}`]: { grant: [], revoke: ['READ'] },
      }),
    },
  };
}
