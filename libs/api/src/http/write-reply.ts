import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { answerOutbox } from './answer-outbox.js';
import type { Reply } from './reply.js';

/**
 * Writes an answer past Fastify's own, which would add a charset to Ditto's content types and cost as much again.
 * The reply must not have been sent before.
 */
export function writeReply(reply: FastifyReply, answer: Reply, headers: Record<string, string>): void {
  const { status, body } = answer;
  reply.hijack();
  const { raw } = reply;
  if (body instanceof Readable) {
    raw.writeHead(status, headers);
    // The client learns at once that the stream is open.
    raw.flushHeaders();
    raw.once('close', () => body.destroy());
    // A stream that is given up ends the connection, too: nobody would, and a stop waits for it.
    body.once('close', () => raw.writableEnded || raw.destroy());
    body.once('error', () => raw.destroy());
    body.pipe(raw);
    return;
  }
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  else if (status !== 204 && status !== 304) headers['content-length'] = '0';
  raw.writeHead(status, headers);
  answerOutbox.add({ response: raw, body });
}
