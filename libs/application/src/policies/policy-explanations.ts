import { namespaceOf } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { PolicyNotAccessible, explainPermission, parsePermissionQuestion } from '@gemel/model/policies';
import type { ExplainedStatement, IgnoredEntry, ResolvedEntry } from '@gemel/model/policies';
import type { Clock, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { EffectiveView } from './effective-view.js';
import type { PolicyEnforcers } from './policy-enforcers.js';

/** Says why somebody has a permission under a policy, or has it not. */
export class PolicyExplanations {
  readonly #effective: EffectiveView;

  constructor(
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
    private readonly clock: Clock,
  ) {
    this.#effective = new EffectiveView(states, enforcers);
  }

  /**
   * The verdict for a question as `parsePermissionQuestion` reads it, and each entry that has a part in it: own,
   * imported or of a root. Of entries that the caller may not read at their source only the effect is told.
   * @throws PolicyNotAccessible unless the caller may READ the whole policy; GemelError when the question is not valid
   */
  async explain(policyId: PolicyId, question: JsonValue, { subjects }: SignalContext): Promise<JsonObject> {
    const asked = parsePermissionQuestion(question, { subjects, namespace: namespaceOf(policyId) });
    const state = await this.states.policy(policyId);
    const enforcer = await this.enforcers.onState(state, subjects);
    const resolved = await this.enforcers.resolved(state);
    if (state === undefined || resolved === undefined || enforcer?.permits('policy', [], 'READ') !== true) {
      throw new PolicyNotAccessible(policyId);
    }
    const visible = new Set((await this.#effective.visible(state, subjects)).map(({ label }) => label));
    const explanation = explainPermission(resolved, asked, this.clock.now());
    return {
      policyId,
      subjects: asked.subjects,
      resource: asked.text,
      permission: asked.permission,
      namespace: asked.namespace,
      granted: explanation.granted,
      grantedPartially: explanation.grantedPartially,
      statements: explanation.statements.map((each) => statementJson(each, visible)),
      ignored: explanation.ignored.map(ignoredJson),
    };
  }
}

function statementJson(
  { entry, subjects, resource, effect, decisive }: ExplainedStatement,
  visible: ReadonlySet<string>,
): JsonObject {
  const shown = { ...entryJson(entry), effect, decisive };
  return visible.has(entry.label) ? { ...shown, subjects, resource } : { ...shown, hidden: true };
}

function ignoredJson({ entry, reason }: IgnoredEntry): JsonObject {
  return { ...entryJson(entry), reason };
}

function entryJson({ label, entry, origin }: ResolvedEntry): JsonObject {
  const { references } = entry;
  return {
    entry: label,
    origin: { kind: origin.kind, policyId: origin.policyId, entry: origin.label },
    ...(references === undefined ? {} : { references }),
  };
}
