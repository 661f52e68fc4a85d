import { isNamespace } from '../ids/index.js';
import { JsonFieldMissing, isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { PermissionQuestion } from './explain.js';
import { PolicyValueInvalid } from './errors.js';
import { joinResourceKey } from './policy-path.js';
import { PERMISSIONS } from './policy.js';
import type { SubjectId } from './policy.js';
import { parseResourceKey } from './resource-key.js';
import { parseSubjectId } from './subject-id.js';

/** Most subjects that can be asked about at once; as many as a caller may have. */
const MAX_SUBJECTS = 100;

/** A question, and its resource as it was written. */
type WrittenQuestion = PermissionQuestion & { readonly text: string };

/**
 * Reads `{ resource, permission, subjects?, namespace? }`; what is left out comes from `usual`.
 * @throws PolicyValueInvalid, JsonFieldMissing, PolicyEntryInvalid, SubjectIdInvalid, JsonPointerInvalid
 */
export function parsePermissionQuestion(
  value: JsonValue,
  usual: Pick<PermissionQuestion, 'subjects' | 'namespace'>,
): WrittenQuestion {
  if (!isJsonObject(value)) throw new PolicyValueInvalid('The question', 'a JSON object');
  const text = textOf(value, 'resource');
  if (text === undefined) throw new JsonFieldMissing('resource');
  const { type, path } = parseResourceKey(text);
  const named = textOf(value, 'permission');
  if (named === undefined) throw new JsonFieldMissing('permission');
  const permission = PERMISSIONS.find((known) => known === named);
  if (permission === undefined) throw new PolicyValueInvalid('permission', `one of ${PERMISSIONS.join(', ')}`);
  const namespace = textOf(value, 'namespace') ?? usual.namespace;
  if (!isNamespace(namespace)) throw new PolicyValueInvalid('namespace', 'a namespace');
  return {
    subjects: subjectsIn(value) ?? usual.subjects,
    resource: { type, path: type === 'policy' ? joinResourceKey(path) : path },
    permission,
    namespace,
    text,
  };
}

function subjectsIn(value: JsonObject): readonly SubjectId[] | undefined {
  const subjects = member(value, 'subjects');
  if (subjects === undefined) return undefined;
  if (!isJsonArray(subjects) || subjects.length === 0 || subjects.length > MAX_SUBJECTS) {
    throw new PolicyValueInvalid('subjects', `a JSON array of 1 to ${String(MAX_SUBJECTS)} subject IDs`);
  }
  return subjects.map((subject) => {
    if (typeof subject !== 'string') throw new PolicyValueInvalid('A subject', 'a JSON string');
    return parseSubjectId(subject);
  });
}

function textOf(value: JsonObject, name: string): string | undefined {
  const text = member(value, name);
  if (text !== undefined && typeof text !== 'string') throw new PolicyValueInvalid(name, 'a JSON string');
  return text;
}
