import { SubjectIdInvalid } from './errors.js';
import type { SubjectId } from './policy.js';

const SUBJECT_ID = /^[^:\x00-\x1F\x7F]*:[^\x00-\x1F\x7F]+$/;
const CONTROL = /[\x00-\x1F\x7F]/;
/** The second one is Ditto's of old. */
const REQUEST_SUBJECT = /\{\{\s*request:subjectId\s*\}\}|\$\{request\.subjectId\}/g;

/** @throws SubjectIdInvalid, for a placeholder too */
export function parseSubjectId(text: string): SubjectId {
  if (!SUBJECT_ID.test(text) || text.includes('{{')) throw new SubjectIdInvalid(text);
  return text as SubjectId;
}

/**
 * Whom a trusted authenticator names: not empty. Policies can only name those of the form `issuer:subject`; others act
 * without any rights, as in Ditto.
 * @throws SubjectIdInvalid for control characters
 */
export function parseAuthorizationSubject(text: string): SubjectId {
  if (CONTROL.test(text)) throw new SubjectIdInvalid(text);
  return text as SubjectId;
}

/**
 * Reads a subject id in which `{{ request:subjectId }}` stands for the caller's first subject.
 * @throws SubjectIdInvalid
 */
export function parseSubjectTemplate(text: string, caller: SubjectId): SubjectId {
  return parseSubjectId(text.includes('{') ? text.replaceAll(REQUEST_SUBJECT, () => caller) : text);
}
