import type { PolicyId } from '@gemel/model/ids';
import { isGranted, parsePermissionChecks } from '@gemel/model/policies';
import type { PermissionCheck, SubjectId } from '@gemel/model/policies';
import { liveThing } from '@gemel/model/things';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PolicyEnforcers } from './policy-enforcers.js';

/** Tells callers what they may do, in one answer for many entities. */
export class PermissionChecks {
  constructor(
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
  ) {}

  /**
   * Whether each check holds, under its name; false also for an entity that is missing. The caller need not be able to
   * read the entities: nothing is told but their own rights.
   * @throws GemelError when the checks are not valid
   */
  async check(checks: JsonValue, { subjects }: Pick<SignalContext, 'subjects'>): Promise<JsonObject> {
    const answers = parsePermissionChecks(checks).map(
      async (check) => [check.name, await this.#holds(check, subjects)] as const,
    );
    return Object.fromEntries(await Promise.all(answers));
  }

  async #holds(check: PermissionCheck, subjects: readonly SubjectId[]): Promise<boolean> {
    const policyId = await this.#policyOf(check);
    const enforcer = policyId && (await this.enforcers.enforcer(policyId, subjects, check.entity.id));
    return enforcer !== undefined && isGranted(check, enforcer);
  }

  async #policyOf({ entity }: PermissionCheck): Promise<PolicyId | undefined> {
    return entity.kind === 'policy' ? entity.id : liveThing(await this.states.thing(entity.id))?.policyId;
  }
}
