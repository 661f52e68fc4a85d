import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import type { Schema } from 'ts-json-schema-generator';
import type { KubernetesObject } from './chart.js';

/** What is wrong with an object, a line each; empty when it is valid. */
export type Validate = (object: KubernetesObject) => readonly string[];

const QUANTITY = '^[+-]?[0-9]+(\\.[0-9]*)?([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$';

/**
 * Checks objects by schemas made from the types of the Kubernetes API: a field that does not exist is refused, a field
 * that must be there is missed. The numbers of the API are whole ones.
 */
export function kubernetesSchemas(): Validate {
  const schema = schemaOf('kubernetes-types.ts', '*', false);
  const definitions = wholeNumbers(schema.definitions ?? {}) as Record<string, object>;
  definitions['Quantity'] = { type: 'string', pattern: QUANTITY };
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false });
  ajv.addSchema({ $id: 'kubernetes', definitions });
  return (object) => {
    const kind = object.kind ?? '';
    if (definitions[kind] === undefined) return [`there is no kind '${kind}'`];
    const validate = ajv.compile({ $ref: `kubernetes#/definitions/${encodeURIComponent(kind)}` });
    validate(object);
    return (validate.errors ?? []).map(
      ({ instancePath, message = '', params }) =>
        `${kind} ${object.metadata?.name ?? ''}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

/** Checks dashboards by a schema made from Grafana's types; fields that the types do not name are let through. */
export function dashboardSchema(): (dashboard: unknown) => readonly string[] {
  const { definitions } = schemaOf('grafana-types.ts', 'Dashboard', true);
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false });
  const validate = ajv.compile({ $ref: '#/definitions/Dashboard', definitions });
  return (dashboard) => {
    validate(dashboard);
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
  };
}

function schemaOf(file: string, type: string, additionalProperties: boolean): Schema {
  return createGenerator({
    path: fileURLToPath(new URL(file, import.meta.url)),
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    type,
    skipTypeCheck: true,
    additionalProperties,
    jsDoc: 'none',
  }).createSchema(type);
}

function wholeNumbers(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(wholeNumbers);
  if (typeof schema !== 'object' || schema === null) return schema === 'number' ? 'integer' : schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, wholeNumbers(value)]));
}
