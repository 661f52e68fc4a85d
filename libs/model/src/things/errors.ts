import { defineError, kilobytes } from '../errors/index.js';
import { formatPastMoment } from '../headers/index.js';
import type { PastMoment } from '../headers/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { parsePointer } from '../json/index.js';
import { PART_TEXTS } from './part-texts.js';
import type { ThingPart } from './part-texts.js';

export { JsonTypeInvalid as ValueTypeInvalid } from '../json/index.js';

const THING_SUFFICES = 'Check if the ID of your requested Thing was correct and you have sufficient permissions.';

export const ThingNotAccessible = defineError('things:thing.notfound', 404, (id: ThingId) => ({
  message: `The Thing with ID '${id}' could not be found or requester had insufficient permissions to access it.`,
  description: THING_SUFFICES,
}));

export const ThingHistoryNotAccessible = defineError(
  'things:thing.history.notfound',
  404,
  (id: ThingId, moment: PastMoment) => ({
    message: `There is no Thing with ID '${id}' at ${formatPastMoment(moment)} that you may read.`,
    description:
      'Check the ID, that the policy of the Thing grants you READ, and that the revision or timestamp is neither older than what is kept nor in the future.',
  }),
);

export const ThingNotModifiable = defineError('things:thing.notmodifiable', 403, (id: ThingId) => ({
  message: `The Thing with ID '${id}' could not be modified as the requester had insufficient permissions ('WRITE' is required).`,
  description: THING_SUFFICES,
}));

export const ThingNotDeletable = defineError('things:thing.notdeletable', 403, (id: ThingId) => ({
  message: `The Thing with ID '${id}' could not be deleted as the requester had insufficient permissions ( 'WRITE' on root resource is required).`,
  description: THING_SUFFICES,
}));

export const ThingNotCreatable = defineError(
  'things:thing.notcreatable',
  400,
  (id: ThingId, policyId: PolicyId, fault: 'missing' | 'taken') =>
    fault === 'missing'
      ? {
          message: `The Thing with ID '${id}' could not be created as the Policy with ID '${policyId}' is not existing.`,
          description:
            'Check if the ID of the Policy you created the Thing with is correct and that the Policy is existing.',
        }
      : {
          message: `The Thing with ID '${id}' could not be created because creation of its implicit Policy ID '${policyId}' failed.`,
          description: "If you want to use an existing Policy, specify it as 'policyId' in the Thing JSON you create.",
        },
);

export const ThingConflict = defineError('things:thing.conflict', 409, (id: ThingId) => ({
  message: `The Thing with ID '${id}' already exists`,
  description: 'Choose another Thing ID',
}));

export const ThingTooLarge = defineError('things:thing.toolarge', 413, (_id: ThingId, size: number, limit: number) => ({
  message: `The size of '${kilobytes(size)}' kB exceeds the maximal allowed Thing size of '${kilobytes(limit)}' kB.`,
  description: 'Reduce the Thing size in the bounds of the specified limit',
}));

/** The ID in the body is another one than that in the URL, or there must be none since the server makes one up. */
export const ThingIdNotSettable = defineError('things:id.notsettable', 400, (fault: 'differs' | 'generated') =>
  fault === 'generated'
    ? {
        message:
          'It is not allowed to provide a Thing ID in the request body for method POST. The method POST will generate ' +
          'the Thing ID by itself.',
        description: 'To provide your own Thing ID use a PUT request instead.',
      }
    : {
        message: 'The Thing ID in the request body is not equal to the Thing ID in the request URL.',
        description: 'Either delete the Thing ID from the request body or use the same Thing ID as in the request URL.',
      },
);

export const ThingIdNotDeletable = defineError('things:id.notdeletable', 400, () => ({
  message: 'The Thing ID of a Thing cannot be deleted.',
  description: 'Remove the Thing ID entry from the request body and retry the request.',
}));

export const PolicyIdNotDeletable = defineError('things:policyId.notdeletable', 400, () => ({
  message: 'The Policy ID of a Thing cannot be deleted.',
  description: 'Remove Policy ID entry from the request body and retry the request.',
}));

export const ThingMergeInvalid = defineError('things:merge.invalid', 400, (detail: string) => ({
  message: 'The provided JSON Merge Patch is invalid, it must conform to RFC7396.',
  description: `The provided JSON Merge Patch cannot be applied at the given path: ${detail}.`,
}));

export const DefinitionInvalid = defineError('things:definition.identifier.invalid', 400, (text: string) => ({
  message: `Definition identifier <${text}> is invalid!`,
  description:
    "An identifier string is expected to have the structure 'namespace:name:version' where each segment must contain at least one char of [_a-zA-Z0-9\\-.] OR it must be a valid HTTP(s) URL.",
}));

export const FeatureDefinitionEmpty = defineError('things:feature.definition.empty', 400, () => ({
  message: 'Feature Definition must not be empty!',
  description:
    'A Feature Definition must contain at least one element. It can however also be set to null or deleted completely.',
}));

export const AttributePointerInvalid = defineError('things:attribute.pointerinvalid', 400, (pointer: string) => ({
  message: ` The Attribute JSON pointer '${pointer}' is invalid.`,
  description: 'Check if the pointer to the requested Attribute is correct.',
}));

export const JsonKeyInvalid = defineError('json.key.invalid', 400, (key: string) => ({
  message: `The JSON key <${key}> is invalid!`,
  description: 'Neither slashes nor any control characters are allowed as part of the JSON key.',
}));

export const PathUnknown = defineError('signals.commands:path.unknown', 400, (path: string) => ({
  message: `The path '${path}' does not correspond to any known command, response or event.`,
  description: 'Check if the path is correct.',
}));

/** The 404 of a part: the thing is readable, the part is not there or not readable. */
export function partNotFound(part: ThingPart) {
  return defineError(`things:${part}.notfound`, 404, (id: ThingId, path: string) =>
    PART_TEXTS[part].notFound(partAt(id, path)),
  );
}

/** The 403 of a part. */
export function partNotModifiable(part: ThingPart) {
  return defineError(`things:${part}.notmodifiable`, 403, (id: ThingId, path: string) =>
    PART_TEXTS[part].notModifiable(partAt(id, path)),
  );
}

function partAt(thingId: ThingId, path: string) {
  const [, second = ''] = parsePointer(path);
  return { thingId, featureId: second, path };
}

export const ThingConditionFailed = defineError('things:condition.failed', 412, (_condition: string) => ({
  message: 'The specified condition does not match the state of the requested Thing.',
  description: 'The provided condition did not match the actual Thing state. Please check your provided condition.',
}));

export const MetadataHeadersConflict = defineError(
  'things:metadata.headersconflict',
  400,
  (_verb: 'reads' | 'writes') => ({
    message: 'Metadata of the Thing could not be created, modified, retrieved or deleted.',
    description:
      "Multiple metadata headers were specified. Use only on of the following metadata headers: 'put-metadata', 'get-metadata' or 'delete-metadata'.",
  }),
);

export const MetadataNotModifiable = defineError('things:metadata.notmodifiable', 400, () => ({
  message: 'Metadata of the Thing could not be modified',
  description:
    "Multiple occurrences of metadata per request is not allowed. Either specify metadata in the header 'put-metadata' or in the Thing '_metadata'.",
}));

export const ThingConditionUnreadable = defineError('things:condition.failed', 412, () => ({
  message:
    'The specified resource in the condition could not be found or the requester had insufficient permissions to access it.',
  description:
    'Check if you have sufficient permissions to access the specified resource (READ permission is required).',
}));

export const ThingConditionInvalid = defineError(
  'things:condition.invalid',
  400,
  (condition: string, reason: string) => ({
    message: `The specified condition '${condition}' is invalid.`,
    description: reason,
  }),
);

export const ThingPolicyMissing = defineError('things:thing.notmodifiable', 403, (id: ThingId, policyId: PolicyId) => ({
  message: `The Thing with ID '${id}' could not be modified as its Policy with ID '${policyId}' is not or no longer existing.`,
  description: `Recreate/create the Policy with ID '${policyId}' in order to get access to the Thing again.`,
}));

export const ThingPolicyConflicting = defineError('things:policy.conflicting', 400, (id: ThingId) => ({
  message: `The Thing with ID '${id}' could not be created as it contained an inline Policy as well as a policyID to copy.`,
  description: 'Please either define an inline Policy or define a policy to copy, but not both.',
}));

export const ThingPolicyIdNotAllowed = defineError('things:policy.id.notallowed', 400, (id: ThingId) => ({
  message: `The Thing with ID '${id}' could not be modified as it contained an inline Policy with an ID or a Policy ID and a Policy`,
  description:
    "If you want to use an existing Policy, specify it as 'policyId' in the Thing JSON. If you want to create a Thing with inline Policy, no Policy ID is allowed as it will be created with the Thing ID.",
}));

export const ThingPolicyInvalid = defineError('things:policy.invalid', 400, (id: ThingId) => ({
  message: `The Policy specified for the Thing with ID '${id}' is invalid.`,
  description: "It must contain at least one Subject with the following permission(s): '[READ, WRITE]'!",
}));

export const ThingPolicyNotAllowed = defineError('things:policy.notallowed', 400, (id: ThingId) => ({
  message: `The Thing with ID '${id}' could not be modified as it contained an inline Policy`,
  description:
    "Once a Thing with inline Policy is created it can't be modified with another Policy. Use the Policy resources to modify the existing Policy.",
}));

export const ReferenceNotSupported = defineError(
  'placeholder:placeholder.reference.notsupported',
  400,
  (reference: string) => ({
    message: `The placeholder references a not supported entity: '${reference}'.`,
    description: 'Please reference one of the supported entities: things.',
  }),
);

export const ReferenceFieldUnknown = defineError(
  'placeholder:placeholder.reference.unknownfield',
  400,
  (field: string) => ({
    message: `The referenced entity did not contain the expected field: '${field}'.`,
    description: 'Please verify that you specified a valid field of the referenced entity.',
  }),
);

export const ThingTooManyModifyingRequests = defineError(
  'things:thing.toomanymodifyingrequests',
  429,
  (id: ThingId) => ({
    message: `Too many modifying requests are already outstanding to the Thing with ID '${id}'.`,
    description:
      'Throttle your modifying requests to the Thing or re-structure your Thing in multiple Things if you really need so many concurrent modifications.',
  }),
);
