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
  /** A policy that is sent has entries; of one that is read `fields` may leave them out. */
  Policy: {
    type: 'object',
    properties: {
      policyId: { type: 'string' },
      imports: { $ref: '#/components/schemas/PolicyImports' },
      entries: { type: 'object', additionalProperties: { $ref: '#/components/schemas/PolicyEntry' } },
    },
  },
  PolicyPage: {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', items: { $ref: '#/components/schemas/Policy' } },
      cursor: { type: 'string', description: 'For `option=cursor(…)` of the next page; absent on the last one.' },
      nextPageOffset: {
        type: 'integer',
        description: 'For `option=limit(…,count)`, -1 on the last page; absent with `size` or `cursor`.',
      },
    },
  },
  PolicyEntry: {
    type: 'object',
    properties: {
      subjects: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Subject' } },
      resources: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Permissions' } },
      namespaces: { $ref: '#/components/schemas/NamespacePatterns' },
      importable: { $ref: '#/components/schemas/Importable' },
      allowedAdditions: { $ref: '#/components/schemas/AllowedAdditions' },
      references: { $ref: '#/components/schemas/References' },
    },
  },
  PolicyImports: {
    type: 'object',
    description: 'By the ID of the imported policy; 10 at most.',
    additionalProperties: { $ref: '#/components/schemas/PolicyImport' },
  },
  PolicyImport: {
    type: 'object',
    properties: {
      entries: { $ref: '#/components/schemas/Labels' },
      transitiveImports: { $ref: '#/components/schemas/PolicyIds' },
    },
  },
  Connection: {
    type: 'object',
    description: 'A connection as Ditto has it; the guide to connections tells of its members.',
    required: ['connectionType', 'connectionStatus'],
    properties: {
      id: { type: 'string' },
      name: { type: ['string', 'null'] },
      connectionType: { enum: ['amqp-091', 'amqp-10', 'hono', 'http-push', 'kafka', 'mqtt', 'mqtt-5'] },
      connectionStatus: { enum: ['open', 'closed', 'unknown'] },
      uri: { type: 'string' },
      credentials: { type: 'object' },
      sources: { type: 'array', items: { type: 'object' } },
      targets: { type: 'array', items: { type: 'object' } },
      sshTunnel: { type: 'object' },
      clientCount: { type: 'integer', minimum: 1 },
      failoverEnabled: { type: 'boolean' },
      validateCertificates: { type: 'boolean' },
      processorPoolSize: { type: 'integer', minimum: 1 },
      specificConfig: { type: 'object' },
      mappingDefinitions: { type: 'object' },
      ca: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
    },
  },
  Labels: { type: 'array', items: { type: 'string' } },
  PolicyIds: { type: 'array', items: { type: 'string' } },
  NamespacePatterns: {
    type: 'array',
    description: '`com.acme` for that namespace, `com.acme.*` for those below it; empty for all.',
    items: { type: 'string' },
  },
  AllowedAdditions: { type: 'array', items: { enum: ['subjects', 'resources', 'namespaces'] } },
  References: {
    type: 'array',
    items: {
      type: 'object',
      required: ['entry'],
      properties: {
        entry: { type: 'string' },
        import: { type: 'string', description: 'ID of an imported policy; absent for an entry of the same policy.' },
      },
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
  PermissionCheck: {
    type: 'object',
    required: ['resource', 'entityId', 'hasPermissions'],
    properties: {
      resource: { type: 'string', examples: ['thing:/features/lamp/properties/on'] },
      entityId: { type: 'string', description: 'ID of a thing, or of a policy for `policy:` resources.' },
      hasPermissions: { type: 'array', minItems: 1, items: { enum: ['READ', 'WRITE', 'EXECUTE'] } },
    },
  },
  PermissionQuestion: {
    type: 'object',
    required: ['resource', 'permission'],
    properties: {
      resource: { type: 'string', examples: ['thing:/features/lamp'] },
      permission: { enum: ['READ', 'WRITE', 'EXECUTE'] },
      subjects: {
        type: 'array',
        description: 'Who acts, all together; you when absent.',
        minItems: 1,
        maxItems: 100,
        items: { type: 'string' },
      },
      namespace: { type: 'string', description: 'Of the thing that it is about; that of the policy when absent.' },
    },
  },
  PermissionExplanation: {
    type: 'object',
    required: ['granted', 'grantedPartially', 'statements', 'ignored'],
    properties: {
      granted: { type: 'boolean', description: 'At the resource and everywhere below it.' },
      grantedPartially: { type: 'boolean', description: 'At the resource or somewhere below it.' },
      statements: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            entry: { type: 'string', description: 'Label, as the resolved view of the policy has it.' },
            origin: { type: 'object', description: 'Where the entry stands: `kind` own, imported or root.' },
            subjects: { type: 'array', items: { type: 'string' } },
            resource: { type: 'string' },
            effect: { enum: ['grant', 'revoke'] },
            decisive: { type: 'boolean', description: 'Whether `granted` follows from it.' },
            hidden: { type: 'boolean', description: 'You may not read the entry where it stands.' },
          },
        },
      },
      ignored: { type: 'array', items: { type: 'object' }, description: 'Entries that do not count, and why.' },
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
