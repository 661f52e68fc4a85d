import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { JsonInvalid } from '@gemel/model/json';
import { RequestTooLarge } from './errors.js';
import { LineDecoder } from './line-decoder.js';

/** The one type of bodies that may be taken as they come. */
const LINES = 'application/x-ndjson';

/** Routes parse by themselves: whether a content type is right depends on the route. */
export function acceptAnyBodyAsText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.exchange.route.body?.raw === true) {
      done(null, body);
      return;
    }
    if (isUtf8(body)) done(null, body.toString('utf8'));
    else done(new JsonInvalid('it is not UTF-8'));
  });
  const limit = scope.initialConfig.bodyLimit ?? 0;
  scope.addContentTypeParser(LINES, async (request: FastifyRequest, body: IncomingMessage) => {
    const { route, api } = request.exchange;
    return route.body?.streams?.(api) === true ? body : wholeText(body, limit);
  });
}

/** @throws RequestTooLarge */
async function wholeText(body: IncomingMessage, limit: number): Promise<string> {
  const decoder = new LineDecoder();
  const texts: string[] = [];
  let bytes = 0;
  try {
    // What is refused is still to be read: the connection may be kept for the next request.
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Uint8Array)) continue;
      const part = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > limit) throw new RequestTooLarge(limit);
      texts.push(decoder.push(part));
    }
  } finally {
    body.resume();
  }
  return texts.join('') + decoder.end();
}
