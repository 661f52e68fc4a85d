import { defineError, javaNumber } from '@gemel/model/errors';
import type { GemelError } from '@gemel/model/errors';

export const MethodNotAllowed = defineError('gateway:method.notallowed', 405, (method: string) => ({
  message: `The method ${method} is not allowed on this resource.`,
  description: "The header 'allow' of the answer lists the methods that are.",
}));

/** With the header that its description speaks of. @param allowed methods, in the order in which they are listed */
export function methodNotAllowed(method: string, allowed: readonly string[]): GemelError {
  const error = new MethodNotAllowed(method);
  error.headers = { allow: allowed.join(', ') };
  return error;
}

export const RouteUnknown = defineError('gemel:route.notfound', 404, (path: string) => ({
  message: `There is nothing at '${path}'.`,
  description: 'The operations are listed at /openapi.json and /apidoc/.',
}));

export const ApiVersionNotSupported = defineError('api.version.notsupported', 404, (version: string) => ({
  message: `The API has no version '${version}'.`,
  description: 'The only version is 2: paths start with /api/2.',
}));

export const UrlInvalid = defineError('gemel:url.invalid', 400, (part: string) => ({
  message: `The URL cannot be decoded: ${part}.`,
  description: "Write '%' as '%25', and other characters as the percent-encoded bytes of their UTF-8 form.",
}));

const MERGE_PATCH = 'application/merge-patch+json';

export const MediaTypeUnsupported = defineError(
  'mediatype.unsupported',
  415,
  (given: string | undefined, allowed: readonly string[]) => ({
    message:
      given === undefined ? 'The Content-Type is missing.' : `The Content-Type '${given}' is not supported here.`,
    description: `Allowed: ${allowed.join(', ')}.`,
    ...(allowed.includes(MERGE_PATCH) ? { href: 'https://www.rfc-editor.org/rfc/rfc7396' } : undefined),
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

const RFC_9110 = 'https://www.rfc-editor.org/rfc/rfc9110#section-5.3';
const ONCE = 'Send it once: of several nobody could tell which one counts.';

export const DuplicateHeader = defineError('gateway:duplicate.header.field', 400, (name: string) => ({
  message: `The request has the header '${name}' more than once.`,
  description: ONCE,
  href: RFC_9110,
}));

export const DivergentHeader = defineError('gateway:duplicate.header.field', 400, (name: string) => ({
  message: `The header '${name}' and the query parameter of that name say different things.`,
  description: ONCE,
  href: RFC_9110,
}));

export const RequestIncomplete = defineError('gemel:request.incomplete', 408, () => ({
  message: 'The request did not arrive in time.',
  description: 'Send it at once: URL and headers within seconds, the body within a minute.',
}));

export const TimeoutInvalid = defineError('gateway:timeout.invalid', 400, (ms: number, maxMs: number) => ({
  message: `The timeout of ${javaNumber(ms)}ms is out of bounds.`,
  description: `It may be 0 to ${javaNumber(maxMs)}ms.`,
}));

export const CommandTimeout = defineError('command.timeout', 408, (ms: number) => ({
  message: `There was no result within ${javaNumber(ms)}ms.`,
  description: 'A change may still be carried out. Read the entity before you send it again.',
}));

export const InternalError = defineError('internalerror', 500, (id: string) => ({
  message: 'The server made a mistake.',
  description: `The log has the details under the id ${id}.`,
}));
