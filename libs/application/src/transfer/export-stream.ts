import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import { PolicyNotAccessible } from '@gemel/model/policies';
import type { PolicyItem, TransferItem } from '@gemel/model/types';
import { ofKind } from '../composition/index.js';
import type { PolicyService } from '../policies/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ExportScope, Transfer } from './transfer.js';

export interface ExportStreamParts {
  readonly transfer: Pick<Transfer, 'export'>;
  readonly search: Pick<SearchService, 'stream'>;
  readonly policies: Pick<PolicyService, 'execute'>;
}

/** Exports of any length: portions that are made when the one before was taken. */
export class ExportStream {
  constructor(private readonly parts: ExportStreamParts) {}

  /**
   * Types as in an export, then twins by their IDs. A policy comes before the first thing that has it.
   * The iteration throws ThingNotAccessible, CompositionTooLarge for a root, QueryTimeExceeded.
   */
  async *portions(
    scope: ExportScope,
    withPolicies: boolean,
    caller: SignalContext,
  ): AsyncGenerator<readonly TransferItem[]> {
    const brought = new Set<string>();
    for await (const items of this.#things(scope, caller)) {
      const policies = withPolicies ? await this.policiesOf(items, caller, brought) : [];
      yield [...policies, ...items];
    }
  }

  /** The policies of things that the caller may read, each once. @param known is added to */
  async policiesOf(
    items: readonly TransferItem[],
    caller: SignalContext,
    known = new Set<string>(),
  ): Promise<readonly PolicyItem[]> {
    const found: PolicyItem[] = [];
    for (const item of items) {
      const id = item.kind === 'type' || item.kind === 'twin' ? member(item.thing, 'policyId') : undefined;
      if (typeof id !== 'string' || known.has(id)) continue;
      known.add(id);
      found.push(...(await this.#policy(id, caller)));
    }
    return found;
  }

  async *#things(scope: ExportScope, caller: SignalContext): AsyncGenerator<readonly TransferItem[]> {
    if ('root' in scope) {
      yield await this.parts.transfer.export(scope, caller);
      return;
    }
    if (scope.kinds.includes('type')) yield await this.parts.transfer.export({ kinds: ['type'] }, caller);
    if (!scope.kinds.includes('twin')) return;
    for await (const portion of this.parts.search.stream({ scope: ofKind('twin') }, caller))
      yield portion.map(({ thingId, item }) => ({ kind: 'twin', thingId: parseThingId(thingId), thing: item }));
  }

  async #policy(id: string, caller: SignalContext): Promise<readonly PolicyItem[]> {
    const policyId = parsePolicyId(id);
    try {
      const { value } = await this.parts.policies.execute({ kind: 'retrieve', policyId, path: [] }, caller);
      return isJsonObject(value) ? [{ kind: 'policy', policyId, policy: value }] : [];
    } catch (error) {
      if (error instanceof PolicyNotAccessible) return [];
      throw error;
    }
  }
}
