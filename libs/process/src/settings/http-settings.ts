import { z } from 'zod';
import { bytes, flag, list, port } from './fields.js';
import { authenticationSettings } from './authentication-settings.js';
import { parseUsers } from './users.js';

/** Where the HTTP server listens. */
export function httpSettings(usualPort: number) {
  return {
    GEMEL_HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('Address the HTTP server listens on.'),
    GEMEL_HTTP_PORT: port(usualPort).describe('Port of the HTTP server; 0 takes a free one.'),
  };
}

/** Who may call, and from where. */
export const accessSettings = {
  GEMEL_USERS: z
    .string()
    .default('ditto:ditto,devops:foobar:operator,devops:status:status')
    .transform((text, context) => parseUsers(text, (message) => context.addIssue({ code: 'custom', message })))
    .describe(
      'Users as `name:password`, comma-separated; `name:password:operator` makes an operator of the devops routes, ' +
        '`name:password:status` one who may see the state of the service. A `:`, `,` or `%` inside a password is written percent-encoded. User `x` has the subject `nginx:x`.',
    ),
  GEMEL_PRE_AUTHENTICATION: flag(false).describe(
    'Trusts the header `x-ditto-pre-authenticated`. Only behind a proxy that sets or removes it.',
  ),
  ...authenticationSettings,
  GEMEL_CORS_ORIGINS: list('').describe(
    'Origins that browsers may call from, comma-separated; `*` for any; empty for none.',
  ),
  GEMEL_FORCE_HTTPS: flag(false).describe(
    'Refuses requests that did not come over https, as a proxy says in `x-forwarded-proto`; probes and metrics excepted.',
  ),
  GEMEL_REDIRECT_TO_HTTPS: flag(false).describe(
    'With GEMEL_FORCE_HTTPS: sends browsers to https instead of refusing them; never clients of the API.',
  ),
  GEMEL_TRUST_FORWARDED: flag(false).describe(
    'Takes scheme and host of a request from `x-forwarded-proto` and `x-forwarded-host`, as `Location` shows them. Only ' +
      'behind a proxy that sets or removes both.',
  ),
};

/** How large a request may be. */
export const requestSettings = {
  GEMEL_REQUEST_MAX_BYTES: bytes(1_048_576).describe('Largest HTTP request body and MQTT message.'),
};
