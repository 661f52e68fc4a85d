import { defineError } from '../errors/index.js';

const CHECK_CREDENTIALS = 'Check your credentials.';
const RETRY = 'Try again after a short while; the log of the server says what went wrong.';

/** Nobody is who they say they are: no credentials, or wrong ones. */
export const AuthenticationFailed = defineError(
  'gateway:authentication.failed',
  401,
  (message: string, description: string = CHECK_CREDENTIALS) => ({ message, description }),
);

/** A token that was not signed by who it says, or not for now. */
export const TokenNotVerified = defineError('gateway:authentication.failed', 401, (description: string) => ({
  message: 'The token does not prove who you are.',
  description,
}));

export const JwtIssuerNotSupported = defineError('gateway:jwt.issuer.notsupported', 401, (issuer: string) => ({
  message: `Tokens of the issuer '${issuer}' are not accepted here.`,
  description: 'Get a token of an issuer that the configuration names.',
}));

export const JwtConditionFailed = defineError('gateway:jwt.condition.failed', 401, () => ({
  message: 'The token lacks what the configuration asks of it.',
  description: 'Get a token with the claims that are asked for.',
}));

export const JwtInvalid = defineError('jwt:invalid', 400, (description: string) => ({
  message: 'This is not a JSON Web Token.',
  description,
}));

export const JwtAudienceInvalid = defineError('jwt:audience.invalid', 400, (audience: string) => ({
  message: `The audience of the token is ${audience}.`,
  description: "The claim 'aud' must be text or an array of texts.",
}));

export const JwkInvalid = defineError('jwk:invalid', 400, (message: string) => ({
  message,
  description: 'Keys must be RSA or EC keys as JSON Web Keys (RFC 7517).',
}));

/** An issuer answers, but not with what it should, or too late. */
export const AuthenticationProviderUnavailable = defineError(
  'gateway:authentication.provider.unavailable',
  503,
  (message: string | undefined = 'The issuer of the token cannot be asked now.') => ({ message, description: RETRY }),
);

/** An issuer's keys are not to be had. */
export const PublicKeyProviderUnavailable = defineError('gateway:publickey.provider.unavailable', 503, () => ({
  message: 'The keys of the issuer cannot be had now.',
  description: RETRY,
}));

/** @param namespace undefined for all that a request could be about */
export const NamespaceNotAccessible = defineError(
  'gateway:namespace.notaccessible',
  403,
  (namespace: string | undefined) => ({
    message:
      namespace === undefined
        ? 'You may not use the namespaces that this is about.'
        : `You may not use the namespace '${namespace}'.`,
    description: 'The configuration says which credentials may use it.',
  }),
);
