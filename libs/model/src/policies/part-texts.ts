import type { ErrorText } from '../errors/index.js';
import type { PolicyId } from '../ids/index.js';

/** Where a part of a policy is. */
export interface PolicyPlace {
  readonly policyId: PolicyId;
  /** Label of the entry or ID of the imported policy. */
  readonly second: string;
  /** Of a subject or resource. */
  readonly key: string;
}

interface PartTexts {
  notFound(place: PolicyPlace): ErrorText;
  notModifiable(place: PolicyPlace): ErrorText;
}

const NOT_FOUND = 'could not be found or requester had insufficient permissions to access it.';
const NO_WRITE = 'could not be modified as the requester had insufficient permissions.';
const CHECK_REQUESTED = check('your requested Policy was correct');
const CHECK_ENTRY = check('the Policy and the Label of your requested PolicyEntry was correct');

/** Ditto's words about each part (class `…NotAccessibleException` and `…NotModifiableException` of its policies model). */
export const POLICY_PART_TEXTS = {
  entries: {
    notFound: ({ policyId }) => ({
      message: `The Policy with ID '${policyId}' ${NOT_FOUND}`,
      description: CHECK_REQUESTED,
    }),
    notModifiable: ({ policyId }) => ({
      message: `The Policy with ID '${policyId}' ${NO_WRITE}`,
      description: CHECK_REQUESTED,
    }),
  },
  entry: {
    notFound: ({ policyId, second }) => ({
      message: `The PolicyEntry with Label '${second}' on the Policy with ID '${policyId}' ${NOT_FOUND}`,
      description: CHECK_ENTRY,
    }),
    notModifiable: ({ policyId, second }) => ({
      message: `The PolicyEntry with Label '${second}' on the Policy with ID '${policyId}' ${NO_WRITE}`,
      description: CHECK_ENTRY,
    }),
  },
  subjects: allOfEntry('Subjects'),
  resources: allOfEntry('Resources'),
  subject: oneOfEntry('Subject with ID', 'ID of your requested Subject'),
  resource: oneOfEntry('Resource', 'the path of your requested Resource'),
  imports: {
    notFound: ({ policyId }) => ({
      message: `The imports of the Policy with ID '${policyId}' ${NOT_FOUND}`,
      description: check('the Policy was correct'),
    }),
    notModifiable: ({ policyId }) => ({
      message: `The Imports of the Policy with ID '${policyId}' ${NO_WRITE}`,
      description: CHECK_REQUESTED,
    }),
  },
  import: {
    notFound: ({ policyId, second }) => ({
      message: `The Policy import '${second}' of Policy '${policyId}' ${NOT_FOUND}`,
      description: check('the Policy and the imported Policy was correct'),
    }),
    notModifiable: ({ policyId, second }) => ({
      message: `The Import of the Policy with ID '${second}' in Policy with ID '${policyId}' ${NO_WRITE}`,
      description: check('your requested Policy and imported Policy was correct'),
    }),
  },
} satisfies Record<string, PartTexts>;

export type PolicyPart = keyof typeof POLICY_PART_TEXTS;

function allOfEntry(what: 'Subjects' | 'Resources'): PartTexts {
  const subject = ({ policyId, second }: PolicyPlace): string =>
    `The ${what} of the PolicyEntry with Label '${second}' on the Policy with ID '${policyId}'`;
  return {
    notFound: (place) => ({
      message: `${subject(place)} ${NOT_FOUND}`,
      description: check('the Policy and the Label of the PolicyEntry was correct'),
    }),
    notModifiable: (place) => ({
      message: `${subject(place)} ${NO_WRITE}`,
      description: check(`the Policy and the PolicyEntry's Label of your requested ${what} was correct`),
    }),
  };
}

function oneOfEntry(what: string, requested: string): PartTexts {
  const subject = ({ policyId, second, key }: PolicyPlace): string =>
    `The ${what} '${key}' of the PolicyEntry with Label '${second}' on the Policy with ID '${policyId}'`;
  const description = check(`the Policy, the Label of the PolicyEntry and ${requested} was correct`);
  return {
    notFound: (place) => ({ message: `${subject(place)} ${NOT_FOUND}`, description }),
    notModifiable: (place) => ({ message: `${subject(place)} ${NO_WRITE}`, description }),
  };
}

function check(what: string): string {
  return `Check if the ID of ${what} and you have sufficient permissions.`;
}
