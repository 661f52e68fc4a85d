import { JsonFieldMissing, JsonInvalid, member } from '@gemel/model/json';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { leafStatus } from '@gemel/model/operations';
import type { Piggyback } from '@gemel/model/operations';
import type { LogThinner } from '../past/index.js';
import { PiggybackUnsupported } from './errors.js';

type Upkeep = (piggyback: Piggyback) => Promise<JsonObject>;

const SHARD = /^\/system\/sharding\/(thing|policy)$/;
const CLEANUP = /^\/user\/(things|policies)Root\/persistenceCleanup$/;
const SYNC = /^\/user\/thingsWildcardSearchRoot\/searchUpdaterRoot\/backgroundSync(?:Proxy|\/singleton)?$/;

/**
 * What Ditto's operators ask the actors that clean up and synchronize (Ditto, "DevOps commands"). Old events are removed all the
 * time, and the index is never behind: there is nothing to be set.
 */
export class UpkeepCommands {
  constructor(private readonly thinner: Pick<LogThinner, 'thin'>) {}

  servicesFor(piggyback: Piggyback): readonly string[] {
    const found = this.#find(piggyback);
    return found === undefined ? [] : [found.service];
  }

  /** @throws PiggybackUnsupported it is none of this service's @throws GemelError for an id that is none */
  execute(service: string, piggyback: Piggyback): Promise<JsonObject> {
    const found = this.#find(piggyback);
    if (found?.service !== service) return Promise.reject(new PiggybackUnsupported(piggyback.type));
    return found.carryOut(piggyback);
  }

  #find({ type, target }: Piggyback): { readonly service: string; readonly carryOut: Upkeep } | undefined {
    const entity = SHARD.exec(target)?.[1];
    if (type === 'cleanup.sudo.commands:cleanupPersistence' && entity !== undefined)
      return entity === 'thing'
        ? { service: 'things', carryOut: (piggyback) => this.#clean('thing', piggyback) }
        : { service: 'policies', carryOut: (piggyback) => this.#clean('policy', piggyback) };
    const service = CLEANUP.exec(target)?.[1] ?? (SYNC.test(target) ? 'search' : undefined);
    const carryOut = service === undefined ? undefined : ANSWERS.get(type);
    return service === undefined || carryOut === undefined ? undefined : { service, carryOut };
  }

  async #clean(entity: 'thing' | 'policy', { command }: Piggyback): Promise<JsonObject> {
    const text = member(command, 'entityId');
    if (text === undefined) throw new JsonFieldMissing('entityId');
    if (typeof text !== 'string') throw new JsonInvalid("'entityId' is not text");
    const id = entity === 'thing' ? parseThingId(text) : parsePolicyId(text);
    await this.thinner.thin(entity, id, 'rules');
    return { type: 'cleanup.sudo.responses:cleanupPersistence', status: 200, entityId: `${entity}:${id}` };
  }
}

const ANSWERS: ReadonlyMap<string, Upkeep> = new Map<string, Upkeep>([
  [
    'status.commands:retrieveHealth',
    async () => {
      const { status, details = [] } = leafStatus('upkeep', 'UP', [{ INFO: { state: 'RUNNING' } }]);
      return { type: 'status.responses:retrieveHealth', status: 200, statusInfo: { status, details } };
    },
  ],
  [
    'common.commands:retrieveConfig',
    async () => ({ type: 'common.responses:retrieveConfig', status: 200, config: { enabled: true } }),
  ],
  [
    'common.commands:shutdown',
    async () => ({
      type: 'common.responses:shutdown',
      status: 200,
      message: 'There is nothing to begin anew: the index is never behind, and old events are removed all the time.',
    }),
  ],
]);
