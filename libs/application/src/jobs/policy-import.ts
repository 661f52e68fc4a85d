import { GemelError } from '@gemel/model/errors';
import type { PolicyId } from '@gemel/model/ids';
import type { ImportCounts, ImportMode, LineError } from '@gemel/model/jobs';
import { isJsonObject, jsonEquals, member, withoutMember } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { PolicyConflict, PolicyNotAccessible, livePolicy } from '@gemel/model/policies';
import type { PolicyItem } from '@gemel/model/types';
import type { PolicyService } from '../policies/index.js';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { lineError } from './portion.js';
import type { ImportLine } from './portion.js';

/** What came of lines that are dealt with one by one. */
export interface LinesOutcome {
  readonly counts: Partial<ImportCounts>;
  readonly errors: readonly LineError[];
}

type Effect = 'created' | 'changed' | 'unchanged';

/** Deals with lines one after the other; what one is refused for is its own affair. */
export async function eachLine<Line extends ImportLine>(
  lines: readonly Line[],
  run: (line: Line) => Promise<Effect>,
): Promise<LinesOutcome> {
  const counts = { created: 0, changed: 0, unchanged: 0 };
  const errors: LineError[] = [];
  for (const line of lines) {
    try {
      counts[await run(line)] += 1;
    } catch (error) {
      if (!(error instanceof GemelError) || error.status >= 500) throw error;
      errors.push(lineError(line, error));
    }
  }
  return { counts, errors };
}

/** Policies of an import: one commit each, and the same again changes nothing. */
export class PolicyImport {
  constructor(
    private readonly policies: Pick<PolicyService, 'execute'>,
    private readonly states: Pick<StateStore, 'policy'>,
  ) {}

  /** @throws PolicyConflict, what the service refuses */
  async run(
    { policyId, policy }: PolicyItem,
    { how, dryRun }: { readonly how: ImportMode; readonly dryRun: boolean },
    context: SignalContext,
  ): Promise<Effect> {
    const value = withoutMember(policy, 'policyId');
    const isThere = livePolicy(await this.states.policy(policyId)) !== undefined;
    if (isThere) {
      if (isSame(await this.#seen(policyId, context), value)) return 'unchanged';
      if (how === 'create') throw new PolicyConflict(policyId);
    }
    if (!dryRun) await this.policies.execute({ kind: 'modify', policyId, path: [], value }, context);
    return isThere ? 'changed' : 'created';
  }

  async #seen(policyId: PolicyId, context: SignalContext): Promise<JsonValue | undefined> {
    try {
      return (await this.policies.execute({ kind: 'retrieve', policyId, path: [] }, context)).value;
    } catch (error) {
      if (error instanceof PolicyNotAccessible) return undefined;
      throw error;
    }
  }
}

function isSame(stored: JsonValue | undefined, brought: JsonValue): boolean {
  if (!isJsonObject(stored) || !isJsonObject(brought)) return false;
  return ['entries', 'imports'].every((key) =>
    jsonEquals(withoutUsual(member(stored, key)), withoutUsual(member(brought, key))),
  );
}

/** Entries are stored with how they may be imported, also where nobody has said so. */
function withoutUsual(entries: JsonValue | undefined): JsonValue {
  if (entries === undefined || !isJsonObject(entries)) return entries ?? {};
  return Object.fromEntries(
    Object.entries(entries).map(([label, entry]) => [
      label,
      isJsonObject(entry) && member(entry, 'importable') === 'implicit' ? withoutMember(entry, 'importable') : entry,
    ]),
  );
}
