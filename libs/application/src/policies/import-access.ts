import { parsePolicyId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import { ImportedPolicyNotAccessible, PolicyImportInvalid, livePolicy, takenOverBy } from '@gemel/model/policies';
import type {
  Enforcer,
  EntryReference,
  Policy,
  PolicyImport,
  PolicyModification,
  SubjectId,
} from '@gemel/model/policies';
import type { StateStore } from '../ports/index.js';
import type { PolicyEnforcers } from './policy-enforcers.js';

/** Holds those who write policies to what they may READ of the policies they import from (Ditto, "Policy imports"). */
export class ImportAccess {
  constructor(
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
  ) {}

  /**
   * Asked before the rights on the policy itself, as in Ditto.
   * @throws ImportedPolicyNotAccessible an imported policy is missing, or an entry of it that would be taken over is not readable
   * @throws PolicyImportInvalid a reference names an entry that is missing or importable never, or no import
   */
  async check(
    modification: PolicyModification,
    before: Policy | undefined,
    subjects: readonly SubjectId[],
  ): Promise<void> {
    const { imports, references } = takenOverBy(modification, before);
    for (const [id, each] of Object.entries(imports)) await this.#checkImport(parsePolicyId(id), each, subjects);
    if (modification.path.resource === 'policy') requireDeclared(references, imports);
    for (const reference of references) await this.#checkReference(reference, subjects);
  }

  async #checkImport(id: PolicyId, { entries = [] }: PolicyImport, subjects: readonly SubjectId[]): Promise<void> {
    const { policy, enforcer } = await this.#imported(id, subjects);
    const implicit = Object.keys(policy.entries).filter((label) => policy.entries[label]?.importable === 'implicit');
    for (const label of [...implicit, ...entries]) {
      if (!mayRead(enforcer, label)) throw new ImportedPolicyNotAccessible(id);
    }
  }

  async #checkReference({ import: imported, entry }: EntryReference, subjects: readonly SubjectId[]): Promise<void> {
    if (imported === undefined) return;
    const { policy, enforcer } = await this.#imported(imported, subjects);
    const target = Object.hasOwn(policy.entries, entry) ? policy.entries[entry] : undefined;
    if (target === undefined || target.importable === 'never') {
      throw new PolicyImportInvalid(
        `a reference names the entry '${entry}' of '${imported}', which ${target === undefined ? 'does not exist' : 'is importable never'}`,
        'Reference an entry that can be imported.',
      );
    }
    if (!mayRead(enforcer, entry)) throw new ImportedPolicyNotAccessible(imported);
  }

  async #imported(
    id: PolicyId,
    subjects: readonly SubjectId[],
  ): Promise<{ readonly policy: Policy; readonly enforcer: Enforcer }> {
    const state = await this.states.policy(id);
    const policy = livePolicy(state);
    const enforcer = await this.enforcers.onState(state, subjects);
    if (policy === undefined || enforcer === undefined) throw new ImportedPolicyNotAccessible(id);
    return { policy, enforcer };
  }
}

function requireDeclared(references: readonly EntryReference[], imports: Policy['imports']): void {
  for (const { import: imported } of references) {
    if (imported === undefined || Object.hasOwn(imports, imported)) continue;
    throw new PolicyImportInvalid(
      `a reference names the policy '${imported}', which is not imported`,
      `Import '${imported}' before its entries are referenced.`,
    );
  }
}

function mayRead(enforcer: Enforcer, label: string): boolean {
  return enforcer.permits('policy', ['entries', label], 'READ');
}
