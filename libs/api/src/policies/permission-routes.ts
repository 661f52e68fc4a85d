import type { SignalContext } from '@gemel/application/signals';
import type { PolicyId } from '@gemel/model/ids';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { awaitRead, defineRoute, jsonReply } from '../http/index.js';
import type { Route } from '../http/index.js';
import { policyIdIn } from './policy-id-in.js';
import { REFUSALS, TIMEOUT, schemaRef } from '../openapi/index.js';

/** Answers questions after rights. */
export interface PermissionRouteParts {
  readonly defaultNamespace: string;
  readonly permissionChecks: {
    check(checks: JsonValue, context: Pick<SignalContext, 'subjects'>): Promise<JsonObject>;
  };
  readonly explanations: {
    explain(policyId: PolicyId, question: JsonValue, context: SignalContext): Promise<JsonObject>;
  };
}

const tag = 'Policies';
const JSON_ONLY = ['application/json'];

/** Questions after permissions: one's own, and why anybody has them. */
export function permissionRoutes(parts: PermissionRouteParts): readonly Route[] {
  return [checking(parts), explaining(parts)];
}

function checking({ permissionChecks }: PermissionRouteParts): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/checkPermissions',
    summary: 'Tell which permissions you have',
    tag,
    parameters: [TIMEOUT],
    body: {
      description: 'Checks by names of your choice.',
      mediaTypes: JSON_ONLY,
      schema: { type: 'object', additionalProperties: schemaRef('PermissionCheck') },
    },
    responses: {
      200: {
        description: 'By the names of the checks, whether all permissions of each are granted.',
        schema: { type: 'object', additionalProperties: { type: 'boolean' } },
      },
      ...REFUSALS.media,
    },
    handler: (request) => {
      const checks = request.json();
      const context = request.context();
      return awaitRead(request, async () => jsonReply(200, await permissionChecks.check(checks, context)));
    },
  });
}

function explaining({ explanations, defaultNamespace }: PermissionRouteParts): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/policies/:policyId/explain',
    summary: 'Tell why somebody has a permission, or has it not',
    description:
      'Not in Ditto. Names every entry that speaks of the permission and the subjects: of the policy itself, imported, ' +
      'or of a namespace root policy. You need READ on `policy:/`.',
    tag,
    parameters: [TIMEOUT],
    body: { description: 'The question.', mediaTypes: JSON_ONLY, schema: schemaRef('PermissionQuestion') },
    responses: {
      200: { description: 'The verdict and its reasons.', schema: schemaRef('PermissionExplanation') },
      ...REFUSALS.read,
      ...REFUSALS.media,
    },
    handler: (request) => {
      const policyId = policyIdIn(request, defaultNamespace);
      const question = request.json();
      const context = request.context();
      return awaitRead(request, async () => jsonReply(200, await explanations.explain(policyId, question, context)));
    },
  });
}
