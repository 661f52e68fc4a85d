import { nameOf, namespaceOf } from '../ids/index.js';
import type { PolicyId } from '../ids/index.js';
import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import { formatInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import { formatEnvelope } from './envelope.js';

/** Subjects lose what a policy grants them. */
export interface SubjectDeletion {
  readonly policyId: PolicyId;
  readonly subjectIds: readonly string[];
  readonly deleteAt: Instant;
  readonly correlationId: string;
  /** Of acknowledgements that are waited for. */
  readonly labels: readonly string[];
  readonly timeoutMs: number;
}

/** The announcement as its receivers get it (Ditto, "Policies protocol specification", announcements). */
export function subjectDeletionEnvelope(deletion: SubjectDeletion): JsonObject {
  const { policyId, subjectIds, deleteAt, correlationId, labels, timeoutMs } = deletion;
  return formatEnvelope({
    topic: {
      namespace: namespaceOf(policyId),
      name: nameOf(policyId),
      group: 'policies',
      criterion: 'announcements',
      announcement: 'subjectDeletion',
    },
    headers: {
      'correlation-id': correlationId,
      ...(labels.length === 0 ? undefined : { 'requested-acks': labels, timeout: `${String(timeoutMs)}ms` }),
    },
    path: [],
    value: { deleteAt: formatInstant(deleteAt), subjectIds },
  });
}

/** Whom an announcement is about; undefined for what is no announcement of that kind. */
export function announcedSubjects({ topic, value }: JsonObject): readonly string[] | undefined {
  if (typeof topic !== 'string' || !topic.endsWith('/policies/announcements/subjectDeletion')) return undefined;
  const ids = isJsonObject(value) ? member(value, 'subjectIds') : undefined;
  return isJsonArray(ids ?? null) ? [ids].flat().filter((id) => typeof id === 'string') : undefined;
}
