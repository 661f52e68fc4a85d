import { defineError } from '../errors/index.js';
import { formatPastMoment } from '../headers/index.js';
import type { PastMoment } from '../headers/index.js';
import type { PolicyId } from '../ids/index.js';

export { JsonTypeInvalid as PolicyValueInvalid } from '../json/index.js';

export const PolicyNotAccessible = defineError('policies:policy.notfound', 404, (id: PolicyId) => ({
  message: `There is no Policy with ID '${id}' that you may read.`,
  description: "Check the ID, and that the Policy grants you READ on 'policy:/'.",
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
  message: `You may not change the Policy with ID '${id}'.`,
  description: "It needs WRITE on 'policy:/' with nothing revoked below.",
}));

export const PolicyNotCreatable = defineError('policies:policy.notcreatable', 403, (id: PolicyId) => ({
  message: `The Policy with ID '${id}' would not let you change it again.`,
  description: "Grant yourself WRITE on 'policy:/', or allow this with 'allow-policy-lockout'.",
}));

export const PolicyConflict = defineError('policies:policy.conflict', 409, (id: PolicyId) => ({
  message: `A Policy with ID '${id}' exists already.`,
  description: 'Use another ID, or modify the existing Policy.',
}));

export const PolicyTooLarge = defineError(
  'policies:policy.toolarge',
  413,
  (id: PolicyId, size: number, limit: number) => ({
    message: `The Policy with ID '${id}' would have ${size} bytes; ${limit} are allowed.`,
    description: 'Use fewer entries, subjects or resources, or raise the limit in the configuration.',
  }),
);

const KEEP_ADMINISTRATOR = "Leave at least one subject without expiry that has WRITE on 'policy:/'.";

export const PolicyModificationInvalid = defineError('policies:policy.modificationinvalid', 403, (id: PolicyId) => ({
  message: `Nobody could change the Policy with ID '${id}' any more.`,
  description: KEEP_ADMINISTRATOR,
}));

export const PolicyEntryModificationInvalid = defineError(
  'policies:entry.modificationinvalid',
  403,
  (id: PolicyId, label: string) => ({
    message: `After this change of the entry '${label}', nobody could change the Policy with ID '${id}' any more.`,
    description: KEEP_ADMINISTRATOR,
  }),
);

/** The ID in the body is another one than that in the URL, or there must be none since the server makes one up. */
export const PolicyIdNotSettable = defineError('policies:id.notsettable', 400, (fault: 'differs' | 'generated') => ({
  message:
    fault === 'generated'
      ? 'The body of a POST names a Policy ID, which the server makes up.'
      : 'The body has another Policy ID than the path.',
  description:
    fault === 'generated'
      ? 'Leave policyId out of the body, or PUT the Policy under its ID.'
      : 'Leave policyId out of the body, or make it equal to the ID in the path.',
}));

export const LabelInvalid = defineError('policies:label.invalid', 400, (label: string) => ({
  message: `'${label}' is not a valid label of a policy entry.`,
  description:
    "A label is not empty, holds neither '/' nor control characters, and starts neither with 'imported' nor with 'nsimported'.",
}));

export const PolicyEntryInvalid = defineError('policies:entry.invalid', 400, (detail: string, hint: string) => ({
  message: `The policy entry is not valid: ${detail}.`,
  description: hint,
}));

export const SubjectIdInvalid = defineError('policies:subjectid.invalid', 400, (id: string) => ({
  message: `'${id}' is not a valid subject ID.`,
  description: "A subject ID is 'issuer:subject' without control characters, or '{{ request:subjectId }}'.",
}));

export const SubjectExpiryInvalid = defineError(
  'policies:subjectexpiry.invalid',
  400,
  (expiry: string, fault: 'unreadable' | 'past') => ({
    message: `'${expiry}' is not a valid expiry of a subject${fault === 'past' ? ': it is over' : ''}.`,
    description: "Give a time in the future as ISO 8601 with its offset, for example '2030-12-31T23:59:59Z'.",
  }),
);

export const SubjectAnnouncementInvalid = defineError(
  'policies:subjectannouncement.invalid',
  400,
  (duration: string) => ({
    message: `'${duration}' is not a duration before the expiry of a subject.`,
    description: 'Give a whole number above 0 with h, m or s, for example 30m.',
  }),
);

export const AcknowledgementLabelInvalid = defineError('acknowledgement:label.invalid', 400, (label: string) => ({
  message: `'${label}' is not a label of an acknowledgement.`,
  description: 'A label has 3 to 165 letters, digits, _, : and -.',
}));

/** Of a caller who may not do it, and so is told what is needed. */
export const PolicyActionNotAllowed = defineError('policies:action.failed', 403, (action: string) => ({
  message: `You may not carry out the action '${action}'.`,
  description: 'It needs EXECUTE on the action in the policy.',
}));

/** The caller is in no entry that the action could be about. */
export const PolicyActionNotApplicable = defineError(
  'policies:action.failed',
  404,
  (action: string, isOfEntry: boolean) => ({
    message: `The action '${action}' applies to no entry${isOfEntry ? ' of that label' : ''}.`,
    description:
      action === 'activateTokenIntegration'
        ? 'An entry needs one of your subjects, READ on something of things, and EXECUTE on the action for you.'
        : 'An entry needs one of your subjects, and EXECUTE on the action for you.',
  }),
);

export const PolicyActionFailed = defineError(
  'policies:action.failed',
  400,
  (action: string, description: string | undefined = 'Authenticate with a JSON Web Token.') => ({
    message: `The action '${action}' cannot be carried out.`,
    description,
  }),
);

export const PolicyImportInvalid = defineError('policies:import.invalid', 400, (detail: string, hint: string) => ({
  message: `The policy import is not valid: ${detail}.`,
  description: hint,
}));

export const PolicyImportsTooLarge = defineError('policies:imports.toolarge', 400, (count: number, limit: number) => ({
  message: `The Policy would have ${count} imports; ${limit} are allowed.`,
  description: 'Remove imports, or import one policy that imports the others and name them as transitiveImports.',
}));

export const PolicyTooManyModifyingRequests = defineError(
  'policies:policy.toomanymodifyingrequests',
  429,
  (id: PolicyId) => ({
    message: `Too many changes wait for the Policy with ID '${id}'.`,
    description: 'Send them more slowly, or make several of them in one.',
  }),
);

/** As PolicyImportsTooLarge, for what the imports bring along. */
export const PolicyTakesOverTooMuch = defineError(
  'policies:imports.toolarge',
  400,
  (id: PolicyId, imports: number, entries: number) => ({
    message: `The Policy with ID '${id}' would take over more than ${imports} imports or ${entries} entries.`,
    description: 'Import fewer policies, or name fewer transitiveImports: each counts as often as it is reached.',
  }),
);

export const PolicyEntryReferenceConflict = defineError(
  'policies:entry.referenceconflict',
  409,
  (id: PolicyId, label: string, referencing: string) => ({
    message: `The entry '${label}' of the Policy with ID '${id}' is referenced by its entry '${referencing}'.`,
    description: `Remove the reference from '${referencing}' first.`,
  }),
);

export const PolicyImportReferenceConflict = defineError(
  'policies:import.referenceconflict',
  409,
  (id: PolicyId, imported: string, referencing: string) => ({
    message: `The entry '${referencing}' of the Policy with ID '${id}' references an entry of the import '${imported}'.`,
    description: `Remove the reference from '${referencing}' first.`,
  }),
);

/** The 404 of a policy that another one wants to import from. */
export const ImportedPolicyNotAccessible = defineError('policies:policy.notfound', 404, (id: string) => ({
  message: `There is no Policy with ID '${id}' whose entries you may import.`,
  description: 'Check the ID, and that the Policy grants you READ on each entry that would be imported or referenced.',
}));

export const PolicyPathUnknown = defineError('signals.commands:path.unknown', 400, (path: string) => ({
  message: `This cannot be done to the path '${path}' of a Policy.`,
  description:
    'Paths are /, /entries[/<label>[/subjects[/<subjectId>]|/resources[/<type:/path>]|/importable|/namespaces|/allowedAdditions|/references]] and /imports[/<policyId>[/entries|/transitiveImports]]; not all of them can be deleted.',
}));

/** What callers are told that a part is, by its place in Ditto's error codes. */
const PARTS = {
  entries: 'entries',
  entry: 'entry',
  subjects: 'subjects',
  subject: 'subject',
  resources: 'resources',
  resource: 'resource',
  imports: 'imports',
  import: 'import',
} as const;

export type PolicyPart = keyof typeof PARTS;

/** The 404 of a part: it is not there or not readable. */
export function partNotFound(part: PolicyPart) {
  return defineError(`policies:${part}.notfound`, 404, (id: PolicyId, path: string) => ({
    message: `The Policy with ID '${id}' has no ${PARTS[part]} at '${path}' that you may read.`,
    description: 'Check the path, and that the Policy grants you READ on it.',
  }));
}

/** The 403 of a part. */
export function partNotModifiable(part: PolicyPart) {
  return defineError(`policies:${part}.notmodifiable`, 403, (id: PolicyId, path: string) => ({
    message: `You may not change the ${PARTS[part]} at '${path}' of the Policy with ID '${id}'.`,
    description: `It needs WRITE on 'policy:${path}' with nothing revoked below.`,
  }));
}

/** The 404 of an entry, and of the traits that only an entry has. */
export const PolicyEntryNotAccessible = partNotFound('entry');
