import type { PolicyId } from '@gemel/model/ids';
import type { PolicyRights, SubjectId } from '@gemel/model/policies';

/**
 * What a request has learned of rights: each policy is asked for once, however many steps the request takes. Not for
 * longer, as policies change.
 */
export class KnownRights {
  readonly #asked = new Map<string, Promise<PolicyRights | undefined>>();

  of(
    policyId: PolicyId,
    subjects: readonly SubjectId[],
    ask: () => Promise<PolicyRights | undefined>,
  ): Promise<PolicyRights | undefined> {
    // Neither ids nor subjects hold control characters.
    const key = [policyId, ...subjects].join('\n');
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = ask();
    this.#asked.set(key, asked);
    // Whoever needs them asks again; whoever only foresaw that does not wait.
    asked.catch(() => this.#asked.delete(key));
    return asked;
  }
}

/** For a request of several steps. */
export function knowingRights<Context extends { readonly rights?: KnownRights | undefined }>(
  context: Context,
): Context & { readonly rights: KnownRights } {
  return { ...context, rights: context.rights ?? new KnownRights() };
}
