import type { JsonPointer } from '../json/index.js';
import { parseInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import { isFor } from './enforcer.js';
import { joinResourceKey } from './policy-path.js';
import type { Permission, SubjectId } from './policy.js';
import type { ResolvedEntry, ResolvedPolicy } from './resolve.js';
import { parseResourceKey } from './resource-key.js';
import type { ResourceKey } from './resource-key.js';

/** Whether, and why, subjects acting together have a permission on a resource. */
export interface PermissionQuestion {
  readonly subjects: readonly SubjectId[];
  readonly resource: ResourceKey;
  readonly permission: Permission;
  /** Of the thing or policy that it is about. */
  readonly namespace: string;
}

export interface PermissionExplanation {
  /** At the resource and at all that is below it. */
  readonly granted: boolean;
  /** At the resource or anywhere below it. */
  readonly grantedPartially: boolean;
  /** What speaks of the permission, the resource and the subjects; those of higher paths first. */
  readonly statements: readonly ExplainedStatement[];
  /** Entries that name the subjects and do not count. */
  readonly ignored: readonly IgnoredEntry[];
}

export interface ExplainedStatement {
  readonly entry: ResolvedEntry;
  /** Those of the question that the entry names. */
  readonly subjects: readonly SubjectId[];
  /** As it stands in the entry. */
  readonly resource: string;
  readonly effect: 'grant' | 'revoke';
  /** Whether `granted` follows from it. */
  readonly decisive: boolean;
}

export interface IgnoredEntry {
  readonly entry: ResolvedEntry;
  /** It is for other namespaces, or the subjects in it have expired. */
  readonly reason: 'namespace' | 'expired';
}

interface Candidate extends Omit<ExplainedStatement, 'decisive'> {
  readonly path: JsonPointer;
}

/** Names the statements on which the verdict rests: the same one that an enforcer gives. Pure. */
export function explainPermission(
  policy: ResolvedPolicy,
  question: PermissionQuestion,
  now: Instant,
): PermissionExplanation {
  const candidates: Candidate[] = [];
  const ignored: IgnoredEntry[] = [];
  for (const entry of policy.entries) {
    const named = question.subjects.filter((id) => Object.hasOwn(entry.entry.subjects, id));
    const subjects = named.filter((id) => !hasExpired(entry, id, now));
    if (named.length === 0) continue;
    if (subjects.length === 0) ignored.push({ entry, reason: 'expired' });
    else if (!isFor(entry.entry, question.namespace)) ignored.push({ entry, reason: 'namespace' });
    else candidates.push(...statementsOf(entry, subjects, question));
  }
  return { ...judge(candidates, question.resource.path), ignored };
}

function hasExpired({ entry }: ResolvedEntry, id: SubjectId, now: Instant): boolean {
  const expiry = entry.subjects[id]?.expiry;
  return expiry !== undefined && (parseInstant(expiry) ?? -Infinity) <= now;
}

/** Those above, at and below the resource. */
function statementsOf(
  entry: ResolvedEntry,
  subjects: readonly SubjectId[],
  { resource: asked, permission }: PermissionQuestion,
): readonly Candidate[] {
  return Object.entries(entry.entry.resources).flatMap(([resource, effects]) => {
    const key = parseResourceKey(resource);
    const path = key.type === 'policy' ? joinResourceKey(key.path) : key.path;
    const isRelated = startsWith(path, asked.path) || startsWith(asked.path, path);
    if (key.type !== asked.type || !isRelated) return [];
    return (['grant', 'revoke'] as const)
      .filter((effect) => effects[effect].includes(permission))
      .map((effect) => ({ entry, subjects, resource, effect, path }));
  });
}

/** The deepest path counts at which something is said, a revoke before a grant; what is said below only takes away. */
function judge(candidates: readonly Candidate[], asked: JsonPointer): Omit<PermissionExplanation, 'ignored'> {
  const inOrder = [...candidates].sort((a, b) => a.path.length - b.path.length);
  const above = inOrder.filter(({ path }) => path.length <= asked.length);
  const below = inOrder.filter(({ path }) => path.length > asked.length);
  const level = above.at(-1)?.path.length;
  const atLevel = above.filter(({ path }) => path.length === level);
  const effect = atLevel.some((each) => each.effect === 'revoke') ? 'revoke' : 'grant';
  const grantedHere = atLevel.length > 0 && effect === 'grant';
  const revokedBelow = below.filter((each) => each.effect === 'revoke');
  const granted = grantedHere && revokedBelow.length === 0;
  const decisive = new Set(grantedHere && !granted ? revokedBelow : atLevel.filter((each) => each.effect === effect));
  return {
    granted,
    grantedPartially: grantedHere || below.some((each) => isEffective(each, below)),
    statements: inOrder.map(({ path: _path, ...each }, index) => ({
      ...each,
      decisive: isOneOf(inOrder[index], decisive),
    })),
  };
}

/** A grant that nothing revokes at its own path. */
function isEffective({ effect, path }: Candidate, all: readonly Candidate[]): boolean {
  return (
    effect === 'grant' &&
    !all.some((each) => each.effect === 'revoke' && each.path.length === path.length && startsWith(each.path, path))
  );
}

function isOneOf(candidate: Candidate | undefined, candidates: ReadonlySet<Candidate>): boolean {
  return candidate !== undefined && candidates.has(candidate);
}

function startsWith(path: JsonPointer, start: JsonPointer): boolean {
  return start.every((segment, index) => path[index] === segment);
}
