import {
  NamespaceRulesInvalid,
  TokenIssuersInvalid,
  parseNamespaceRules,
  parseTokenIssuers,
} from '@gemel/model/authentication';
import { parseJson } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { z } from 'zod';
import { list } from './fields.js';

const METHODS = ['basic', 'oauth2', 'none'] as const;
/** How callers of the devops or status routes prove who they are; `none` asks for nothing. */
export type DoorMethod = (typeof METHODS)[number];

const ISSUERS =
  'JSON as Ditto’s `openid-connect-issuers`: `{"prefix":{"issuer":"idp.example/realm","authSubjects":["{{ jwt:sub }}"]}}`.';

/** JSON that `parse` reads. */
function json<Value>(usual: string, parse: (value: JsonValue) => Value) {
  return z
    .string()
    .default(usual)
    .transform((text, context) => {
      try {
        return parse(parseJson(text));
      } catch (error) {
        const isKnown = error instanceof TokenIssuersInvalid || error instanceof NamespaceRulesInvalid;
        const message = isKnown ? error.message : 'it is not valid JSON';
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    });
}

/** Who is trusted to say who a caller is. */
export const authenticationSettings = {
  GEMEL_OIDC_ISSUERS: json('{}', parseTokenIssuers).describe(
    `OpenID Connect providers whose tokens make users. ${ISSUERS} Keys come over https, unless the issuer begins with http://.`,
  ),
  GEMEL_NAMESPACE_ACCESS: json('[]', parseNamespaceRules).describe(
    'Which namespaces callers may reach at all, before policies are asked: JSON as Ditto’s `namespace-access`, ' +
      '`[{"conditions":[…],"resourceTypes":["thing"],"allowedNamespaces":["org.example.*"],"blockedNamespaces":[]}]`.',
  ),
  GEMEL_OIDC_CLOCK_SKEW_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(10_000)
    .describe('By how much the clocks of providers may differ from ours.'),
  GEMEL_DEVOPS_AUTHENTICATION: z
    .enum(METHODS)
    .default('basic')
    .describe(
      'How operators prove who they are: `basic` by GEMEL_USERS, `oauth2` by a token of GEMEL_DEVOPS_OIDC_ISSUERS, ' +
        '`none` lets anybody in.',
    ),
  GEMEL_DEVOPS_OIDC_ISSUERS: json('{}', parseTokenIssuers).describe(
    `OpenID Connect providers whose tokens open the devops and status routes. ${ISSUERS}`,
  ),
  GEMEL_DEVOPS_SUBJECTS: list('').describe(
    'Subjects of tokens that are operators, comma-separated; empty makes operators of all.',
  ),
  GEMEL_STATUS_AUTHENTICATION: z
    .enum(METHODS)
    .default('basic')
    .describe('As GEMEL_DEVOPS_AUTHENTICATION, for the state of the service.'),
  GEMEL_STATUS_SUBJECTS: list('').describe(
    'Subjects of tokens that may see the state of the service, comma-separated; empty lets all of them.',
  ),
};
