import type { ErrorText } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';

/** Where a part of a thing is. */
export interface PartPlace {
  readonly thingId: ThingId;
  /** Of the feature that it belongs to; anything for other parts. */
  readonly featureId: string;
  /** Pointer into the thing. */
  readonly path: string;
}

interface PartTexts {
  notFound(place: PartPlace): ErrorText;
  notModifiable(place: PartPlace): ErrorText;
}

const NO_WRITE = "as the requester had insufficient permissions ('WRITE' is required).";
const NO_WRITE_IN_FEATURE = "as the requester had insufficient permissions to modify it ('WRITE' is required).";
const NO_READ = 'or the requester had insufficient permissions to access it.';
const CHECK_REQUESTED = check('your requested Thing was correct');
const CHECK_THING = check('the Thing was correct');
const CHECK_FEATURE = check('the Thing and the Feature ID was correct');

/** Ditto's words about each part (class `…NotAccessibleException` and `…NotModifiableException` of its things model). */
export const PART_TEXTS = {
  attribute: {
    notFound: ({ thingId, path }) => ({
      message: `The attribute with key '${below(path, 1)}' on the thing with ID '${thingId}' could not be found ${NO_READ}`,
      description: check('the thing and the key of your requested attribute was correct'),
    }),
    notModifiable: ({ thingId, path }) => ({
      message: ` The Attribute with name '${below(path, 1)}' on the Thing with ID '${thingId}' could not be modified ${NO_WRITE}`,
      description: CHECK_REQUESTED,
    }),
  },
  attributes: {
    notFound: ({ thingId }) => ({
      message: `The Attributes of the Thing with ID '${thingId}' could not be found ${NO_READ}`,
      description: CHECK_THING,
    }),
    notModifiable: ({ thingId }) => ({
      message: `The Attributes on the Thing with ID '${thingId}' could not be modified ${NO_WRITE}`,
      description: CHECK_REQUESTED,
    }),
  },
  definition: {
    notFound: ({ thingId }) => ({
      message: `The Definition of the Thing with ID <${thingId}> could not be found ${NO_READ}`,
      description: check('the thing and the key of your requested definition was correct'),
    }),
    notModifiable: ({ thingId }) => ({
      message: `The Definition on the Thing with ID '${thingId}' could not be modified ${NO_WRITE}`,
      description: CHECK_REQUESTED,
    }),
  },
  policyId: {
    notFound: ({ thingId }) => ({
      message: `The Policy ID of the Thing with ID <${thingId}> could not be found or requester had insufficient permissions to access it.`,
      description: CHECK_REQUESTED,
    }),
    notModifiable: ({ thingId }) => ({
      message: `The Policy ID of the Thing with ID '${thingId}' could not be modified ${NO_WRITE}`,
      description: CHECK_REQUESTED,
    }),
  },
  features: {
    notFound: ({ thingId }) => ({
      message: `The Features on the Thing with ID '${thingId}' do not exist ${NO_READ}`,
      description: CHECK_THING,
    }),
    notModifiable: ({ thingId }) => ({
      message: `The Features on the Thing with ID '${thingId}' cannot be modified as requester had insufficient permissions to modify it ('WRITE' is required).`,
      description: CHECK_THING,
    }),
  },
  feature: {
    notFound: ({ thingId, featureId }) => ({
      message: `The Feature with ID '${featureId}' on the Thing with ID '${thingId}' could not be found ${NO_READ}`,
      description: check('the Thing and the ID of your requested Feature was correct'),
    }),
    notModifiable: ({ thingId, featureId }) => ({
      message: `The Feature with ID '${featureId}' on the Thing with ID '${thingId}' could not be modified ${NO_WRITE_IN_FEATURE}`,
      description: check('the Thing and the ID of your requested Feature was correct'),
    }),
  },
  'feature.definition': ofFeature('Definition', 'does'),
  'feature.properties': ofFeature('Properties', 'do'),
  'feature.desiredProperties': ofFeature('desired properties', 'do'),
  'feature.property': oneOfFeature('Property', 'property'),
  'feature.desiredProperty': oneOfFeature('desired property', 'desired property'),
} satisfies Record<string, PartTexts>;

export type ThingPart = keyof typeof PART_TEXTS;

function ofFeature(what: string, verb: 'do' | 'does'): PartTexts {
  return {
    notFound: ({ thingId, featureId }) => ({
      message: `The ${what} of the Feature with ID '${featureId}' on the Thing with ID '${thingId}' ${verb} not exist ${NO_READ}`,
      description: CHECK_FEATURE,
    }),
    notModifiable: ({ thingId, featureId }) => ({
      message: `The ${what} of the Feature with ID '${featureId}' on the Thing with ID '${thingId}' cannot be modified ${NO_WRITE_IN_FEATURE}`,
      description: CHECK_FEATURE,
    }),
  };
}

function oneOfFeature(what: string, requested: string): PartTexts {
  const subject = ({ thingId, featureId, path }: PartPlace): string =>
    `The ${what} with JSON Pointer '${below(path, 3)}' of the Feature with ID '${featureId}' on the Thing with ID '${thingId}'`;
  const description =
    `Check if the ID of the Thing, the Feature ID and the key of your requested ${requested} was correct and you have ` +
    'sufficient permissions.';
  return {
    notFound: (place) => ({ message: `${subject(place)} does not exist ${NO_READ}`, description }),
    notModifiable: (place) => ({
      message: `${subject(place)} could not be modified ${NO_WRITE_IN_FEATURE}`,
      description,
    }),
  };
}

function check(what: string): string {
  return `Check if the ID of ${what} and you have sufficient permissions.`;
}

/** The pointer without its first segments. */
function below(path: string, segments: number): string {
  return `/${path
    .split('/')
    .slice(segments + 1)
    .join('/')}`;
}
