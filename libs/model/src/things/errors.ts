import { defineError } from '../errors/index.js';
import { formatPastMoment } from '../headers/index.js';
import type { PastMoment } from '../headers/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';

export { JsonTypeInvalid as ValueTypeInvalid } from '../json/index.js';

export const ThingNotAccessible = defineError('things:thing.notfound', 404, (id: ThingId) => ({
  message: `There is no Thing with ID '${id}' that you may read.`,
  description: 'Check the ID, and that the policy of the Thing grants you READ.',
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
  message: `You may not change the Thing with ID '${id}'.`,
  description: "It needs WRITE on 'thing:/' with nothing revoked below.",
}));

export const ThingNotDeletable = defineError('things:thing.notdeletable', 403, (id: ThingId) => ({
  message: `You may not delete the Thing with ID '${id}'.`,
  description: "It needs WRITE on 'thing:/' with nothing revoked below.",
}));

export const ThingNotCreatable = defineError(
  'things:thing.notcreatable',
  400,
  (id: ThingId, policyId: PolicyId, fault: 'missing' | 'taken') =>
    fault === 'missing'
      ? {
          message: `The Thing with ID '${id}' cannot be created: there is no policy with ID '${policyId}'.`,
          description: 'Create the policy first, or leave policyId out to get one that grants you everything.',
        }
      : {
          message: `The Thing with ID '${id}' cannot be created: a policy has the ID '${policyId}' of its new policy already.`,
          description: 'Name that policy as policyId in the body if the Thing is to use it.',
        },
);

export const ThingConflict = defineError('things:thing.conflict', 409, (id: ThingId) => ({
  message: `A Thing with ID '${id}' exists already.`,
  description: 'Use another ID, or modify the existing Thing.',
}));

export const ThingTooLarge = defineError('things:thing.toolarge', 413, (id: ThingId, size: number, limit: number) => ({
  message: `The Thing with ID '${id}' would have ${size} bytes; ${limit} are allowed.`,
  description: 'Store less in it, split it into several Things, or raise the limit in the configuration.',
}));

/** The ID in the body is another one than that in the URL, or there must be none since the server makes one up. */
export const ThingIdNotSettable = defineError('things:id.notsettable', 400, (fault: 'differs' | 'generated') => ({
  message:
    fault === 'generated'
      ? 'The body of a POST names a Thing ID, which the server makes up.'
      : 'The body has another Thing ID than the path.',
  description:
    fault === 'generated'
      ? 'Leave thingId out of the body, or PUT the Thing under its ID.'
      : 'Leave thingId out of the body, or make it equal to the ID in the path.',
}));

export const ThingIdNotDeletable = defineError('things:id.notdeletable', 400, () => ({
  message: 'The Thing ID cannot be removed.',
  description: 'Leave thingId out of the patch.',
}));

export const PolicyIdNotDeletable = defineError('things:policyId.notdeletable', 400, () => ({
  message: 'The Policy ID of a Thing cannot be removed.',
  description: 'Set it to the ID of another Policy instead.',
}));

export const ThingMergeInvalid = defineError('things:merge.invalid', 400, (detail: string) => ({
  message: `The patch cannot be applied: ${detail}.`,
  description: 'Send a JSON merge patch (RFC 7396) that fits the resource in the path.',
}));

export const DefinitionInvalid = defineError('things:definition.identifier.invalid', 400, (text: string) => ({
  message: `'${text}' is not a definition.`,
  description: "A definition is 'namespace:name:version' or an http(s) URL.",
}));

export const FeatureDefinitionEmpty = defineError('things:feature.definition.empty', 400, () => ({
  message: 'A feature definition needs at least one identifier.',
  description: 'Send a non-empty array, or delete the definition.',
}));

export const AttributePointerInvalid = defineError('things:attribute.pointerinvalid', 400, (pointer: string) => ({
  message: `'${pointer}' does not address an attribute.`,
  description: 'Name at least one key after /attributes.',
}));

export const JsonKeyInvalid = defineError('json.key.invalid', 400, (key: string) => ({
  message: `'${key}' is not a valid key.`,
  description: "A key is not empty and holds neither '/' nor control characters; '*' alone is no ID of a feature.",
}));

export const PathUnknown = defineError('signals.commands:path.unknown', 400, (path: string) => ({
  message: `A Thing has nothing at the path '${path}'.`,
  description:
    'Paths are /, /policyId, /definition, /attributes[/…] and /features[/<id>[/definition|/properties[/…]|/desiredProperties[/…]]].',
}));

/** What callers are told that a part is, by its place in Ditto's error codes. */
const PARTS = {
  attribute: 'attribute',
  attributes: 'attributes',
  definition: 'definition',
  policyId: 'policyId',
  features: 'features',
  feature: 'feature',
  'feature.definition': 'feature definition',
  'feature.properties': 'properties',
  'feature.property': 'property',
  'feature.desiredProperties': 'desired properties',
  'feature.desiredProperty': 'desired property',
} as const;

type ThingPart = keyof typeof PARTS;

/** The 404 of a part: the thing is readable, the part is not there or not readable. */
export function partNotFound(part: ThingPart) {
  return defineError(`things:${part}.notfound`, 404, (id: ThingId, path: string) => ({
    message: `The Thing with ID '${id}' has no ${PARTS[part]} at '${path}' that you may read.`,
    description: 'Check the path, and that the policy of the Thing grants you READ on it.',
  }));
}

/** The 403 of a part. */
export function partNotModifiable(part: ThingPart) {
  return defineError(`things:${part}.notmodifiable`, 403, (id: ThingId, path: string) => ({
    message: `You may not change the ${PARTS[part]} at '${path}' of the Thing with ID '${id}'.`,
    description: `It needs WRITE on 'thing:${path}' with nothing revoked below.`,
  }));
}

export const ThingConditionFailed = defineError('things:condition.failed', 412, (condition: string) => ({
  message: `The condition '${condition}' does not hold for the Thing.`,
  description: 'It is evaluated on the stored Thing, of which you may read everything that it names.',
}));

export const MetadataHeadersConflict = defineError(
  'things:metadata.headersconflict',
  400,
  (verb: 'reads' | 'writes') => ({
    message: `The request has several headers about the metadata of the Thing.`,
    description:
      verb === 'reads'
        ? "A read may have 'get-metadata' only."
        : "A change may have either 'put-metadata' or 'delete-metadata'.",
  }),
);

export const MetadataNotModifiable = defineError('things:metadata.notmodifiable', 400, () => ({
  message: "The metadata of the new Thing is given twice: in the header 'put-metadata' and inline.",
  description: "Use either the header or '_metadata' in the body.",
}));

export const ThingConditionUnreadable = defineError('things:condition.failed', 412, () => ({
  message: 'The condition names something that is not there or that you may not read.',
  description: 'It needs READ on everything that it names.',
}));

export const ThingConditionInvalid = defineError(
  'things:condition.invalid',
  400,
  (condition: string, reason: string) => ({
    message: `The condition '${condition}' is not valid: ${reason}`,
    description: 'A condition is an RQL expression, for example gt(attributes/counter,3).',
  }),
);

export const ThingPolicyMissing = defineError('things:thing.notmodifiable', 403, (id: ThingId, policyId: PolicyId) => ({
  message: `The Thing with ID '${id}' cannot be changed: its policy '${policyId}' does not exist any more.`,
  description: `Create the policy '${policyId}' to get at the Thing again.`,
}));

export const ThingPolicyConflicting = defineError('things:policy.conflicting', 400, (id: ThingId) => ({
  message: `The new Thing '${id}' has both _policy and _copyPolicyFrom.`,
  description: 'Send one of them.',
}));

export const ThingPolicyIdNotAllowed = defineError('things:policy.id.notallowed', 400, (id: ThingId) => ({
  message: `The new Thing '${id}' brings a policy of its own in _policy and names another one in policyId.`,
  description: 'Leave policyId out, or make it equal to the policyId inside _policy.',
}));

export const ThingPolicyInvalid = defineError('things:policy.invalid', 400, (id: ThingId) => ({
  message: `The policy that the new Thing '${id}' brings would not let you write to it.`,
  description: "Grant one of your subjects WRITE on 'thing:/'.",
}));

export const ThingPolicyNotAllowed = defineError('things:policy.notallowed', 400, (id: ThingId) => ({
  message: `The Thing '${id}' exists; its policy cannot come with a change of the Thing.`,
  description: 'Leave _policy and _copyPolicyFrom out; change the policy at /api/2/policies.',
}));

export const ReferenceNotSupported = defineError(
  'placeholder:placeholder.reference.notsupported',
  400,
  (reference: string) => ({
    message: `'${reference}' cannot be referred to.`,
    description: 'Write {{ ref:things/<thingId>/policyId }}.',
  }),
);

export const ReferenceFieldUnknown = defineError(
  'placeholder:placeholder.reference.unknownfield',
  400,
  (field: string) => ({
    message: `The field '${field}' of a Thing cannot be referred to.`,
    description: 'Refer to policyId.',
  }),
);

export const ThingTooManyModifyingRequests = defineError(
  'things:thing.toomanymodifyingrequests',
  429,
  (id: ThingId) => ({
    message: `Too many changes wait for the Thing with ID '${id}'.`,
    description: 'Send them more slowly, or split the Thing into several.',
  }),
);
