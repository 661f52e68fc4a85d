import { defineError } from '../errors/index.js';

const CHECK_CREDENTIALS = 'Check if your credentials were correct.';
const RETRY = 'If after retry it is still unavailable, please contact the service team.';

/** Nobody is who they say they are: no credentials, or wrong ones. */
export const AuthenticationFailed = defineError(
  'gateway:authentication.failed',
  401,
  (message: string, description: string = CHECK_CREDENTIALS) => ({ message, description }),
);

/** A token that was not signed by who it says, or not for now. */
export const TokenNotVerified = defineError('gateway:authentication.failed', 401, (description: string) => ({
  message: 'The JWT could not be verified.',
  description,
}));

export const JwtIssuerNotSupported = defineError('gateway:jwt.issuer.notsupported', 401, (issuer: string) => ({
  message: `The JWT issuer '${issuer}' is not supported.`,
  description: 'Check if your JWT is correct.',
}));

export const JwtConditionFailed = defineError('gateway:jwt.condition.failed', 401, () => ({
  message: 'The JWT did not meet a configured prerequisite condition.',
  description: 'Check if your JWT contains the required claims.',
}));

export const JwtInvalid = defineError('jwt:invalid', 400, (description: string) => ({
  message: 'The JSON Web Token is not valid.',
  description,
}));

export const JwtAudienceInvalid = defineError('jwt:audience.invalid', 400, (audience: string) => ({
  message: 'The value for the <aud> field is not valid.',
  description: `The <aud> field was expected to be either a string or an array of strings. The actual value was <${audience}>.`,
}));

export const JwkInvalid = defineError('jwk:invalid', 400, (message: string) => ({
  message,
  description: 'The provided JSON Web Key did not have the expected format.',
}));

/** An issuer answers, but not with what it should, or too late. */
export const AuthenticationProviderUnavailable = defineError(
  'gateway:authentication.provider.unavailable',
  503,
  (message: string | undefined = 'The authentication provider is not available.') => ({ message, description: RETRY }),
);

/** An issuer's keys are not to be had. */
export const PublicKeyProviderUnavailable = defineError('gateway:publickey.provider.unavailable', 503, () => ({
  message: 'The public key provider is not available.',
  description: RETRY,
}));

/** @param namespace undefined for all that a request could be about */
export const NamespaceNotAccessible = defineError(
  'gateway:namespace.notaccessible',
  403,
  (namespace: string | undefined) => ({
    message:
      namespace === undefined
        ? 'Access to the namespace is not allowed.'
        : `Access to namespace '${namespace}' is not allowed.`,
    description: 'Check if your credentials provide access to the requested namespace.',
  }),
);
