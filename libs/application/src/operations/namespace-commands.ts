import { JsonFieldMissing, JsonInvalid, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { Piggyback } from '@gemel/model/operations';
import type { BlockedNamespaces, NamespacePurge } from '../namespaces/index.js';

const COMMANDS = 'namespaces.commands:';
const RESPONSES = 'namespaces.responses:';
const SHUTDOWN = 'common.commands:shutdown';
const PURGING = 'purge-namespace';

export interface NamespaceCommandParts {
  readonly blocked: Pick<BlockedNamespaces, 'block' | 'unblock'>;
  readonly purge: Pick<NamespacePurge, 'things' | 'policies'>;
}

/**
 * What operators do to erase a namespace (Ditto, "DevOps commands"): block it, shut its actors down, purge it, unblock it. The
 * commands go to whoever knows them, and each resource answers for itself.
 */
export class NamespaceCommands {
  constructor(private readonly parts: NamespaceCommandParts) {}

  /**
   * Undefined when it is another command; an empty answer is none, as Ditto gives to a shutdown: here nothing is to be shut down.
   * @throws JsonFieldMissing, JsonInvalid
   */
  broadcast({ type, command }: Piggyback): Promise<readonly JsonObject[]> | undefined {
    if (type === SHUTDOWN) return isPurging(command) ? Promise.resolve([]) : undefined;
    switch (type.startsWith(COMMANDS) ? type.slice(COMMANDS.length) : '') {
      case 'blockNamespace':
        return this.#block(namespaceIn(command));
      case 'unblockNamespace':
        return this.#unblock(namespaceIn(command));
      case 'purgeNamespace':
        return this.#purge(namespaceIn(command));
      default:
        return undefined;
    }
  }

  async #block(namespace: string): Promise<readonly JsonObject[]> {
    await this.parts.blocked.block(namespace);
    return [response('blockNamespace', { namespace, resourceType: 'namespaces' })];
  }

  async #unblock(namespace: string): Promise<readonly JsonObject[]> {
    await this.parts.blocked.unblock(namespace);
    return [response('unblockNamespace', { namespace, resourceType: 'namespaces' })];
  }

  /** Things first: without their policies nobody could delete what a failure leaves. */
  async #purge(namespace: string): Promise<readonly JsonObject[]> {
    const { purge } = this.parts;
    await purge.things(namespace);
    await purge.policies(namespace);
    return ['thing', 'policy', 'thing-search'].map((resourceType) =>
      response('purgeNamespace', { namespace, resourceType, successful: true }),
    );
  }
}

function response(name: string, members: JsonObject): JsonObject {
  return { type: RESPONSES + name, status: 200, ...members };
}

function isPurging(command: JsonObject): boolean {
  const reason = member(command, 'reason');
  return reason !== undefined && isJsonObject(reason) && member(reason, 'type') === PURGING;
}

function namespaceIn(command: JsonObject): string {
  const namespace = member(command, 'namespace');
  if (namespace === undefined) throw new JsonFieldMissing('namespace');
  if (typeof namespace !== 'string' || namespace === '') throw new JsonInvalid("'namespace' is not a namespace");
  return namespace;
}
