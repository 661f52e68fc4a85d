import { parsePolicyId } from '../../ids/index.js';
import { PolicyIdNotDeletable, ValueTypeInvalid, partNotFound, partNotModifiable } from '../errors.js';
import type { ThingResourceDefinition } from './thing-resource.js';

export const policyId = {
  parse: (value) => {
    if (value === null) throw new PolicyIdNotDeletable();
    if (typeof value !== 'string') throw new ValueTypeInvalid('A policyId', 'a JSON string');
    return parsePolicyId(value);
  },
  notFound: partNotFound('policyId'),
  notModifiable: partNotModifiable('policyId'),
  deletable: false,
  needsFeature: false,
} satisfies ThingResourceDefinition;
