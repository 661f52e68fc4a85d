import type { PolicyReply } from '@gemel/application/policies';
import type { SignalContext } from '@gemel/application/signals';
import { JsonFieldMissing, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { Template } from '@gemel/model/placeholders';
import { PolicyActionFailed, parseAnnouncement } from '@gemel/model/policies';
import type { TokenAction, TokenIntegration } from '@gemel/model/policy-actions';
import { ValueTypeInvalid } from '@gemel/model/things';
import { awaitWrite, entityReply, ownUrl } from '../http/index.js';
import type { ApiRequest, Reply, Route } from '../http/index.js';
import { REFUSALS, WRITE } from '../openapi/index.js';
import { policyIdIn } from './policy-id-in.js';

/** Carries out what a token does to policies. */
export interface TokenActions {
  execute(command: TokenIntegration, context: SignalContext): Promise<PolicyReply>;
}

export interface TokenIntegrationParts {
  readonly tokens: TokenActions;
  readonly defaultNamespace: string;
  /** Of the subject that is put into entries. */
  readonly subject: Template;
}

const POLICY = '/api/2/policies/:policyId';
const PLACES = [
  { path: POLICY, where: 'all entries of the policy that name you' },
  { path: `${POLICY}/entries/:label`, where: 'an entry that names you' },
];
const SUMMARIES: Readonly<Record<TokenAction, string>> = {
  activateTokenIntegration: 'Add a subject made of your token, until that expires, to',
  deactivateTokenIntegration: 'Remove the subject made of your token from',
};
const ACTIONS = ['activateTokenIntegration', 'deactivateTokenIntegration'] as const;
const ANNOUNCEMENT = {
  description: 'How the deletion of the subject is announced.',
  mediaTypes: ['application/json'],
  schema: { type: 'object', properties: { announcement: { type: 'object' } } },
  optional: true,
};

/** Ditto's policy actions: for callers who proved who they are by a token. */
export function tokenIntegrationRoutes(parts: TokenIntegrationParts): readonly Route[] {
  return PLACES.flatMap(({ path, where }) =>
    ACTIONS.map((action): Route => ({
      method: 'POST',
      path: `${path}/actions/${action}`,
      summary: `${SUMMARIES[action]} ${where}`,
      tag: 'Policies',
      parameters: WRITE,
      ...(action === 'activateTokenIntegration' ? { body: ANNOUNCEMENT } : {}),
      responses: { 204: { description: 'Done.' }, ...REFUSALS.write },
      handler: (request) => act(request, action, parts),
    })),
  );
}

function act(request: ApiRequest, action: TokenAction, parts: TokenIntegrationParts): Promise<Reply> {
  const policyId = policyIdIn(request, parts.defaultNamespace);
  const token = request.principal?.token;
  if (token === undefined) throw new PolicyActionFailed(action);
  const announcement = action === 'activateTokenIntegration' ? announcementIn(request) : undefined;
  const { claims, expiry } = token;
  if (expiry === undefined) throw new JsonFieldMissing('/exp');
  const context = request.context();
  const label = request.param('label') === '' ? undefined : request.param('label');
  const { headers } = context;
  const command = { action, policyId, label, template: parts.subject, claims, headers, expiry, announcement };
  return awaitWrite(request, async () =>
    entityReply(await parts.tokens.execute(command, context), () => ownUrl(request)),
  );
}

function announcementIn(request: ApiRequest): JsonObject | undefined {
  if (request.text() === '') return undefined;
  const body = request.json();
  if (!isJsonObject(body)) throw new ValueTypeInvalid('The body', 'a JSON object');
  const announcement = member(body, 'announcement');
  return announcement === undefined ? undefined : parseAnnouncement(announcement);
}
