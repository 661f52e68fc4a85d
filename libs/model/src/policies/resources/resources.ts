import { formatResourceKey, parseResourceKey } from '../resource-key.js';
import { parseMap } from './parse-map.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';
import { resource } from './resource.js';

export const resources = {
  parse: (value) => parseMap('resources', value, (key) => formatResourceKey(parseResourceKey(key)), resource.parse),
  ...refusalsOf('resources'),
  deletable: false,
  isTrait: true,
} satisfies PolicyResourceDefinition;
