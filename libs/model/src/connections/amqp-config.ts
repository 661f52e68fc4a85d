import type { Template } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';

/**
 * The `specificConfig` of AMQP 1.0 connections: options of the JMS client that Ditto uses. Those that mean something on the
 * wire are obeyed, the others are kept without effect.
 */
export interface Amqp10Config {
  /** `jms.clientID`; `gemel-<connection id>` by default. */
  readonly containerId: string;
  /** `amqp.idleTimeout`: without a sign of life for so long the other side counts as gone. */
  readonly idleTimeoutMs: number;
  /** `amqp.maxFrameSize`. */
  readonly maxFrameBytes: number;
  /** `jms.prefetchPolicy.all`: messages under way per source address. */
  readonly prefetch: number;
  /** `amqp.vhost`: the host name that is told to the other side, when not the URI's. */
  readonly virtualHost: string | undefined;
}

/** Exchange and routing key of an AMQP 0.9.1 target, resolved. */
export interface ExchangeAddress {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Longest name in AMQP 0.9.1: a short string. */
const SHORT_STRING_BYTES = 255;

export function readAmqp10Config(connectionId: string, reader: ConfigReader): Amqp10Config {
  // Any option of the JMS client may be there.
  reader.knowAll();
  return {
    containerId: reader.optionalText('jms.clientID') ?? `gemel-${connectionId}`,
    idleTimeoutMs: reader.integer('amqp.idleTimeout', { min: 0, max: 3_600_000, default: 60_000 }),
    maxFrameBytes: reader.integer('amqp.maxFrameSize', { min: 512, max: 16_777_216, default: 1_048_576 }),
    prefetch: reader.integer('jms.prefetchPolicy.all', { min: 1, max: 32_767, default: 1_000 }),
    virtualHost: reader.optionalText('amqp.vhost'),
  };
}

export function amqp10AddressFault(address: string): string | undefined {
  return address === '' || address.includes('\0') ? 'must be the name of an AMQP 1.0 link' : undefined;
}

/** What is wrong with the name of a queue of AMQP 0.9.1. */
export function queueFault(address: string): string | undefined {
  return address === '' || !isShortString(address) ? 'must be the name of a queue, 255 bytes at most' : undefined;
}

export function exchangeTargetFault({ text }: Template): string | undefined {
  const address = parseExchangeAddress(text.replaceAll(/\{\{.*?\}\}/gs, 'x'));
  return typeof address === 'string' ? address : undefined;
}

/** The default exchange has the empty name. What is wrong is told as a text that goes on from the address. */
export function parseExchangeAddress(text: string): ExchangeAddress | string {
  const slash = text.indexOf('/');
  const routingKey = text.slice(slash + 1);
  if (slash < 0 || routingKey === '') return "must be 'exchange/routingKey'";
  const exchange = text.slice(0, slash);
  if (!isShortString(exchange) || !isShortString(routingKey)) {
    return 'must have at most 255 bytes before its slash and behind it';
  }
  return { exchange, routingKey };
}

function isShortString(text: string): boolean {
  // At most three bytes a code unit.
  return text.length * 3 <= SHORT_STRING_BYTES || utf8Length(text) <= SHORT_STRING_BYTES;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
