import type { PolicyId } from '../ids/index.js';
import { parsePolicyId } from '../ids/index.js';
import type { Policy } from './policy.js';

/** Whom and what a policy names by itself: what it can be found by. */
export interface PolicyNames {
  /** Subjects of its entries. */
  readonly subjects: readonly string[];
  /** Policies that it imports, transitive ones too. */
  readonly imports: readonly PolicyId[];
}

/** Each name once. */
export function namesIn({ entries, imports }: Policy): PolicyNames {
  const subjects = Object.values(entries).flatMap((entry) => Object.keys(entry.subjects));
  const imported = Object.entries(imports).flatMap(([id, { transitiveImports = [] }]) => [
    parsePolicyId(id),
    ...transitiveImports,
  ]);
  return { subjects: [...new Set(subjects)], imports: [...new Set(imported)] };
}
