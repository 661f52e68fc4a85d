import { parsePolicyId } from '../../ids/index.js';
import { PolicyIdNotDeletable, partNotFound, partNotModifiable } from '../errors.js';
import type { ThingResourceDefinition } from './thing-resource.js';

export const policyId = {
  parse: (value, _path, use) => {
    if (value === null && use === 'merge') throw new PolicyIdNotDeletable();
    // Ditto takes the JSON text of anything else for an id, which it cannot be.
    return parsePolicyId(typeof value === 'string' ? value : JSON.stringify(value));
  },
  notFound: partNotFound('policyId'),
  notModifiable: partNotModifiable('policyId'),
  deletable: false,
  needsFeature: false,
} satisfies ThingResourceDefinition;
