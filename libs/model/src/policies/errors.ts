import { defineError, kilobytes } from '../errors/index.js';
import { formatPastMoment } from '../headers/index.js';
import type { PastMoment } from '../headers/index.js';
import type { PolicyId } from '../ids/index.js';
import { POLICY_PART_TEXTS } from './part-texts.js';
import type { PolicyPart } from './part-texts.js';

export { JsonTypeInvalid as PolicyValueInvalid } from '../json/index.js';

const POLICY_SUFFICES = 'Check if the ID of your requested Policy was correct and you have sufficient permissions.';

export const PolicyNotAccessible = defineError('policies:policy.notfound', 404, (id: PolicyId) => ({
  message: `The Policy with ID '${id}' could not be found or requester had insufficient permissions to access it.`,
  description: POLICY_SUFFICES,
}));

export const PolicyHistoryNotAccessible = defineError(
  'policies:policy.history.notfound',
  404,
  (id: PolicyId, moment: PastMoment) => ({
    message: `There is no Policy with ID '${id}' at ${formatPastMoment(moment)} that you may read.`,
    description:
      "Check the ID, that the Policy grants you READ on 'policy:/', and that the revision or timestamp is neither older than what is kept nor in the future.",
  }),
);

export const PolicyNotModifiable = defineError('policies:policy.notmodifiable', 403, (id: PolicyId) => ({
  message: `The Policy with ID '${id}' could not be modified as the requester had insufficient permissions.`,
  description: POLICY_SUFFICES,
}));

export const PolicyNotCreatable = defineError('policies:policy.notcreatable', 403, (id: PolicyId) => ({
  message: `The Policy with ID '${id}' could not be created as the requester had insufficient permissions.`,
  description: 'Check if you have sufficient permissions in the new policy to create.',
}));

export const PolicyConflict = defineError('policies:policy.conflict', 409, (id: PolicyId) => ({
  message: `The Policy with ID '${id}' already exists`,
  description: 'Choose another Policy ID',
}));

export const PolicyTooLarge = defineError(
  'policies:policy.toolarge',
  413,
  (_id: PolicyId, size: number, limit: number) => ({
    message: `The size of '${kilobytes(size)}' kB exceeds the maximal allowed Policy size of '${kilobytes(limit)}' kB.`,
    description: 'Reduce the Policy size in the bounds of the specified limit',
  }),
);

const KEEP_ADMINISTRATOR =
  "There must always be at least one PolicyEntry with 'WRITE' permissions on resource 'policy:/'.";

export const PolicyModificationInvalid = defineError('policies:policy.modificationinvalid', 403, (id: PolicyId) => ({
  message: `The Policy with ID '${id}' could not be modified as the resulting Policy would be invalid.`,
  description: KEEP_ADMINISTRATOR,
}));

export const PolicyEntryModificationInvalid = defineError(
  'policies:entry.modificationinvalid',
  403,
  (id: PolicyId, label: string) => ({
    message: `The PolicyEntry with Label '${label}' on the Policy with ID '${id}' could not be modified as the resulting Policy would be invalid.`,
    description: KEEP_ADMINISTRATOR,
  }),
);

/** The ID in the body is another one than that in the URL, or there must be none since the server makes one up. */
export const PolicyIdNotSettable = defineError('policies:id.notsettable', 400, (fault: 'differs' | 'generated') =>
  fault === 'generated'
    ? {
        message:
          'It is not allowed to provide a Policy ID in the request body for method POST. The method POST will generate ' +
          'the Policy ID by itself.',
        description: 'To provide your own Policy ID use a PUT request instead.',
      }
    : {
        message: 'The Policy ID in the request body is not equal to the Policy ID in the request URL.',
        description:
          'Either delete the Policy ID from the request body or use the same Policy ID as in the request URL.',
      },
);

export const LabelInvalid = defineError('policies:label.invalid', 400, (label: string) => ({
  message: `Label '${label}' is not valid!`,
  description: "It must not start with the blocklisted 'imported' or 'nsimported' prefix.",
}));

export const PolicyEntryInvalid = defineError('policies:entry.invalid', 400, (detail: string, hint: string) => ({
  message: 'The Policy Entry is invalid.',
  description: sentences(detail, hint),
}));

export const SubjectIdInvalid = defineError('policies:subjectid.invalid', 400, (id: string) => ({
  message: `Subject ID '${id}' is not valid!`,
  description: "It must contain an issuer as prefix separated by a colon ':' from the actual subject",
}));

export const SubjectExpiryInvalid = defineError(
  'policies:subjectexpiry.invalid',
  400,
  (expiry: string, fault: 'unreadable' | 'past') => ({
    message: `Subject expiry timestamp '${expiry}' is not valid.`,
    description:
      fault === 'past'
        ? 'It must not be in the past, please adjust to a timestamp in the future.'
        : 'It must be provided as ISO-8601 formatted char sequence.',
  }),
);

export const SubjectAnnouncementInvalid = defineError(
  'policies:subjectannouncement.invalid',
  400,
  (duration: string) => ({
    message: `The 'beforeExpiry' duration '${duration}' is not valid.`,
    description: "It must be a positive integer followed by 'h' (hours), 'm' (minutes) or 's' (seconds).",
  }),
);

export const AcknowledgementLabelInvalid = defineError('acknowledgement:label.invalid', 400, (label: string) => ({
  message: `Acknowledgement label <${label}> is invalid.`,
  description: 'An acknowledgement label must conform to the regular expression of Ditto documentation.',
}));

/** Of a caller who may not do it, and so is told what is needed. */
export const PolicyActionNotAllowed = defineError('policies:action.failed', 403, (action: string) => ({
  message: `Failed to execute action '${action}'.`,
  description: "The requester has insufficient permissions. 'EXECUTE' is required.",
}));

/** The caller is in no entry that the action could be about. */
export const PolicyActionNotApplicable = defineError(
  'policies:action.failed',
  404,
  (action: string, isOfEntry: boolean) => ({
    message: `Failed to execute action '${action}'.`,
    description: isOfEntry
      ? `No policy entry found containing one of the authorized subjects${action === 'activateTokenIntegration' ? ' and with any READ permission for things' : ''}.`
      : 'No policy entry found for which the top level action could be applied.',
  }),
);

export const PolicyActionFailed = defineError(
  'policies:action.failed',
  400,
  (action: string, description: string | undefined = 'Policy action is only possible with JWT authentication.') => ({
    message: `Failed to execute action '${action}'.`,
    description,
  }),
);

export const PolicyImportInvalid = defineError('policies:import.invalid', 400, (detail: string, hint: string) => ({
  message: 'The Policy Import is invalid.',
  description: sentences(detail, hint),
}));

export const PolicyImportsTooLarge = defineError('policies:imports.toolarge', 400, (count: number, limit: number) => ({
  message: `The number of '${count}' policy imports exceeds the allowed maximum number of '${limit}'.`,
  description: `Please reduce the number of imports you're trying to add to ${limit} or less.`,
}));

export const PolicyEntryReferenceConflict = defineError(
  'policies:entry.referenceconflict',
  409,
  (id: PolicyId, label: string, referencing: string) => ({
    message: `The entry '${label}' of Policy '${id}' cannot be removed because a local reference from entry '${referencing}' still points to it.`,
    description: 'Remove the local entry references first before deleting the referenced entry.',
  }),
);

export const PolicyImportReferenceConflict = defineError(
  'policies:import.referenceconflict',
  409,
  (id: PolicyId, imported: string, _referencing: string) => ({
    message: `The import '${imported}' of Policy '${id}' cannot be removed because entry references still point to it.`,
    description: 'Remove the entry references first before deleting the import.',
  }),
);

/** The 404 of a policy that another one wants to import from. */
export const ImportedPolicyNotAccessible = defineError('policies:policy.notfound', 404, (id: string) => ({
  message: `The Policy with ID '${id}' could not be found or requester had insufficient permissions to access it.`,
  description: POLICY_SUFFICES,
}));

export const PolicyPathUnknown = defineError('signals.commands:path.unknown', 400, (path: string) => ({
  message: `The path '${path}' does not correspond to any known command, response or event.`,
  description: 'Check if the path is correct.',
}));

/** The 404 of a part: it is not there or not readable. */
export function partNotFound(part: PolicyPart) {
  return defineError(`policies:${part}.notfound`, 404, (id: PolicyId, path: string) =>
    POLICY_PART_TEXTS[part].notFound(partAt(id, path)),
  );
}

/** The 403 of a part. */
export function partNotModifiable(part: PolicyPart) {
  return defineError(`policies:${part}.notmodifiable`, 403, (id: PolicyId, path: string) =>
    POLICY_PART_TEXTS[part].notModifiable(partAt(id, path)),
  );
}

function partAt(policyId: PolicyId, path: string) {
  const [, , second = '', , ...rest] = path.split('/');
  return { policyId, second: unescaped(second), key: unescaped(rest.join('/')) };
}

/** Ditto's own hint says all; the others come after what is wrong. */
function sentences(detail: string, hint: string): string {
  return detail === '' ? hint : `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}. ${hint}`;
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The 404 of an entry, and of the traits that only an entry has. */
export const PolicyEntryNotAccessible = partNotFound('entry');
