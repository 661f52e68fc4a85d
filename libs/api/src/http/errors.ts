import { defineError, javaNumber } from '@gemel/model/errors';

export const MethodNotAllowed = defineError('gateway:method.notallowed', 405, (method: string) => ({
  message: `The provided HTTP method '${method}' is not allowed on this resource.`,
  description: 'Check if you used the correct resource and method combination.',
}));

export const RouteUnknown = defineError('gemel:route.notfound', 404, (path: string) => ({
  message: `There is nothing at '${path}'.`,
  description: 'The operations are listed at /openapi.json and /apidoc/.',
}));

export const ApiVersionNotSupported = defineError('api.version.notsupported', 404, (version: string) => ({
  message: `The requested resource is not supported by version '${version}'.`,
  description: 'Check if you specified the correct version of the API.',
}));

export const UrlInvalid = defineError('gemel:url.invalid', 400, (part: string) => ({
  message: `The URL cannot be decoded: ${part}.`,
  description: "Write '%' as '%25', and other characters as the percent-encoded bytes of their UTF-8 form.",
}));

/** Media type of a request that names none. */
const NO_TYPE = 'none/none';
const MERGE_PATCH = 'application/merge-patch+json';

export const MediaTypeUnsupported = defineError(
  'mediatype.unsupported',
  415,
  (given: string | undefined, allowed: readonly string[]) => ({
    message: `The Media-Type <${given ?? NO_TYPE}> is not supported for this resource.`,
    ...(allowed.includes(MERGE_PATCH)
      ? { description: `Allowed Media-Type is: <${MERGE_PATCH}>.`, href: 'https://tools.ietf.org/html/rfc7396' }
      : { description: `Allowed Media-Types are: <[${allowed.join(', ')}]>.` }),
  }),
);

export const RequestTooLarge = defineError('gemel:request.toolarge', 413, (limit: number) => ({
  message: `The request body is larger than ${limit} bytes.`,
  description: 'Send less at once, or raise the limit in the configuration.',
}));

export const UriTooLong = defineError('gemel:uri.toolong', 414, (limit: number) => ({
  message: `The URL is longer than ${limit} characters.`,
  description: 'Long search filters can be sent as the form body of a POST.',
}));

const RFC_7230 = 'https://tools.ietf.org/rfc/rfc7230.txt';
const ONCE =
  'A request must not contain multiple header fields with the same field name. ' +
  'For more information see RFC 7230 section 3.2.2.';

export const DuplicateHeader = defineError('gateway:duplicate.header.field', 400, (name: string) => ({
  message: `The message contains headers which include a duplicate header field: '${name}'`,
  description: ONCE,
  href: RFC_7230,
}));

export const DivergentHeader = defineError('gateway:duplicate.header.field', 400, (name: string) => ({
  message: `<${name}> was provided as header as well as query parameter with divergent values!`,
  description: ONCE,
  href: RFC_7230,
}));

export const RequestIncomplete = defineError('gemel:request.incomplete', 408, () => ({
  message: 'The request did not arrive in time.',
  description: 'Send it at once: URL and headers within seconds, the body within a minute.',
}));

export const TimeoutInvalid = defineError('gateway:timeout.invalid', 400, (ms: number, maxMs: number) => ({
  message: `The timeout <${javaNumber(ms)}ms> is not inside its allowed bounds <0ms - ${javaNumber(maxMs)}ms>`,
  description: 'Choose a timeout inside the bounds.',
}));

export const CommandTimeout = defineError('command.timeout', 408, (ms: number) => ({
  message: `The Command reached the specified timeout of ${javaNumber(ms)}ms.`,
  description: 'Try increasing the command timeout.',
}));

export const InternalError = defineError('internalerror', 500, (id: string) => ({
  message: 'There was a rare case of an unexpected internal error.',
  description: `Please contact your administrator: the log has the details under the id ${id}.`,
}));
