import { parseSubjectTemplate } from '../subject-id.js';
import { parseMap } from './parse-map.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';
import { subject } from './subject.js';

export const subjects = {
  parse: (value, context) =>
    parseMap(
      'subjects',
      value,
      (id) => parseSubjectTemplate(id, context.caller),
      (each) => subject.parse(each, context),
    ),
  ...refusalsOf('subjects'),
  deletable: false,
  isTrait: true,
} satisfies PolicyResourceDefinition;
