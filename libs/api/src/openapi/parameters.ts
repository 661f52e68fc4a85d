import type { Parameter, ResponseDescription } from '../http/index.js';
import { schemaRef } from './schemas.js';

export const FIELDS: Parameter = {
  name: 'fields',
  in: 'query',
  description: 'What to answer with, for example `thingId,attributes(model,location/city),_revision`.',
};
export const CONDITION: Parameter = {
  name: 'condition',
  in: 'query',
  description: 'RQL that the stored thing must satisfy, else 412.',
};
export const TIMEOUT: Parameter = {
  name: 'timeout',
  in: 'query',
  description: 'How long to wait, up to 60 s, for example `500ms`; 0 waits for no result.',
};
export const PRECONDITIONS: readonly Parameter[] = [
  { name: 'If-Match', in: 'header', description: 'Entity tags of which the current one must be one, else 412.' },
  {
    name: 'If-None-Match',
    in: 'header',
    description: 'Entity tags of which the current one must be none, else 304 for reads and 412 for changes.',
  },
];
export const PAST: readonly Parameter[] = [
  {
    name: 'at-historical-revision',
    in: 'header',
    description: 'What it was at this revision, as far as that is kept.',
    schema: { type: 'integer' },
  },
  {
    name: 'at-historical-timestamp',
    in: 'header',
    description: 'What it was before this instant (ISO 8601), as far as that is kept.',
  },
];
export const IF_EQUAL: Parameter = {
  name: 'If-Equal',
  in: 'header',
  description:
    'What becomes of a change that changes nothing: `update` (usual), `skip` answers 412, `skip-minimizing-merge` does so for merges and leaves of the others what changes something.',
  schema: { enum: ['update', 'skip', 'skip-minimizing-merge'] },
};
export const PATCH_CONDITIONS: Parameter = {
  name: 'Merge-Thing-Patch-Conditions',
  in: 'header',
  description:
    'JSON object of JSON pointers into the patch and RQL on the stored thing: parts whose RQL does not hold are left out.',
};
export const ACKS: Parameter = {
  name: 'requested-acks',
  in: 'query',
  description:
    'Labels of acknowledgements to wait for, separated by commas: `twin-persisted`, `search-persisted`, or those of subscribers. Several are answered by label, with 200 or 424.',
};
export const GET_METADATA: Parameter = {
  name: 'get-metadata',
  in: 'header',
  description: 'Metadata to answer with in the header `ditto-metadata`, for example `attributes/*/unit`; `*` for all.',
};
export const CHANGE_METADATA: readonly Parameter[] = [
  {
    name: 'put-metadata',
    in: 'header',
    description: 'Metadata to add: a JSON array of `{"key": …, "value": …}`, keys relative to the resource.',
  },
  {
    name: 'delete-metadata',
    in: 'header',
    description: 'Metadata to remove, for example `attributes/*/unit`; `*` for all. Not together with `put-metadata`.',
  },
];
export const WRITE: readonly Parameter[] = [
  TIMEOUT,
  {
    name: 'response-required',
    in: 'query',
    description: '`false` answers 202 without waiting for the result.',
    schema: { type: 'boolean' },
  },
];
export const LOCKOUT: Parameter = {
  name: 'allow-policy-lockout',
  in: 'query',
  description: '`true` allows a policy that you cannot change afterwards.',
  schema: { type: 'boolean' },
};
export const POLICY_VIEW: Parameter = {
  name: 'policy-view',
  in: 'query',
  description:
    '`resolved` shows the policy in effect, with imported entries and those of namespace root policies; the header of this name does the same.',
  schema: { enum: ['original', 'resolved'] },
};
export const NAMESPACES: Parameter = {
  name: 'namespaces',
  in: 'query',
  description: 'Only things of these namespaces, separated by commas.',
};
export const FILTER: Parameter = {
  name: 'filter',
  in: 'query',
  description: 'RQL, for example `and(gt(attributes/speed,10),like(thingId,"org.example:*"))`.',
};
export const OPTION: Parameter = {
  name: 'option',
  in: 'query',
  description: 'For example `size(25),sort(+thingId,-attributes/speed),cursor(…)`.',
};

const error = schemaRef('Error');
export const REFUSALS = {
  read: { 404: { description: 'It is not there, or you may not read it.', schema: error } },
  write: {
    202: { description: 'Accepted; no result was asked for.' },
    403: { description: 'You may not change it.', schema: error },
    404: { description: 'It is not there, or you may not read it.', schema: error },
    413: { description: 'The body, or what would come out, is too large.', schema: error },
  },
  precondition: { 412: { description: 'A precondition or condition does not hold.', schema: error } },
  acks: {
    408: { description: 'There was no answer, or the acknowledgement did not come, in time.', schema: error },
    409: { description: 'The correlation ID is that of a request that waits for acknowledgements.', schema: error },
    424: { description: 'Some of several acknowledgements failed; all of them by label.' },
  },
  referenced: { 409: { description: 'An entry still references it.', schema: error } },
  media: { 415: { description: 'The content type is not supported.', schema: error } },
} satisfies Readonly<Record<string, Readonly<Record<number, ResponseDescription>>>>;
