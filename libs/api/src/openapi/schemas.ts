import type { JsonObject } from '@gemel/model/json';

/** The reusable schemas of the API description. */
export const SCHEMAS = {
  Error: {
    type: 'object',
    required: ['status', 'error', 'message'],
    properties: {
      status: { type: 'integer' },
      error: { type: 'string', description: 'Stable code, for example `things:thing.notfound`.' },
      message: { type: 'string' },
      description: { type: 'string', description: 'What to do about it.' },
    },
  },
  Thing: {
    type: 'object',
    properties: {
      thingId: { type: 'string', examples: ['org.example:car-1'] },
      policyId: { type: 'string' },
      definition: { type: ['string', 'null'], description: '`namespace:name:version` or an http(s) URL.' },
      attributes: { type: ['object', 'null'] },
      features: {
        type: ['object', 'null'],
        additionalProperties: { $ref: '#/components/schemas/Feature' },
      },
    },
  },
  Feature: {
    type: ['object', 'null'],
    properties: {
      definition: { type: ['array', 'null'], items: { type: 'string' }, minItems: 1 },
      properties: { type: ['object', 'null'] },
      desiredProperties: { type: ['object', 'null'] },
    },
  },
  Policy: {
    type: 'object',
    required: ['entries'],
    properties: {
      policyId: { type: 'string' },
      entries: { type: 'object', additionalProperties: { $ref: '#/components/schemas/PolicyEntry' } },
    },
  },
  PolicyEntry: {
    type: 'object',
    required: ['subjects', 'resources'],
    properties: {
      subjects: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Subject' } },
      resources: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Permissions' } },
      importable: { $ref: '#/components/schemas/Importable' },
    },
  },
  Subject: {
    type: 'object',
    required: ['type'],
    properties: { type: { type: 'string' }, expiry: { type: 'string', format: 'date-time' } },
  },
  Permissions: {
    type: 'object',
    required: ['grant', 'revoke'],
    properties: {
      grant: { type: 'array', items: { enum: ['READ', 'WRITE', 'EXECUTE'] } },
      revoke: { type: 'array', items: { enum: ['READ', 'WRITE', 'EXECUTE'] } },
    },
  },
  Importable: { enum: ['implicit', 'explicit', 'never'] },
  Health: {
    type: 'object',
    required: ['status'],
    properties: {
      label: { type: 'string' },
      status: { enum: ['UP', 'DOWN', 'UNKNOWN'] },
      details: {
        type: 'array',
        items: { type: 'object', propertyNames: { enum: ['INFO', 'WARN', 'ERROR'] }, minProperties: 1 },
      },
      children: { type: 'array', items: { $ref: '#/components/schemas/Health' } },
    },
  },
  SearchResult: {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
      cursor: { type: 'string', description: 'For `option=cursor(…)` of the next page; absent on the last one.' },
    },
  },
} satisfies Readonly<Record<string, JsonObject>>;

/** A reference to one of them. */
export function schemaRef(name: keyof typeof SCHEMAS): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}
