import { parseHeaderDuration } from './duration.js';
import { parseFlag } from './flag.js';
import { HeaderInvalid } from './header-invalid.js';
import { parseRequestedAcks } from './requested-acks.js';

/** What happens when no device answers in time: the caller is refused, or gets what is stored. */
export type LiveChannelTimeoutStrategy = 'fail' | 'use-twin';

/** What a command asks for that the device itself is to answer. */
export interface LiveHeaders {
  /** twin: only if the condition holds. */
  readonly channel: 'twin' | 'live';
  /** RQL over the stored thing. */
  readonly condition: string | undefined;
  readonly strategy: LiveChannelTimeoutStrategy;
  /** Undefined when the caller says nothing. */
  readonly timeoutMs: number | undefined;
  readonly responseRequired: boolean | undefined;
  readonly requestedAcks: readonly string[] | undefined;
}

/**
 * Undefined for a command to the twin alone.
 * @param header a header's text by its name in lower case
 * @throws HeaderInvalid
 */
export function parseLiveHeaders(header: (name: string) => string | undefined): LiveHeaders | undefined {
  const channel = parseChannel(header('channel'));
  const condition = header('live-channel-condition');
  const strategy = parseStrategy(header('live-channel-timeout-strategy'));
  if (channel === 'twin' && condition === undefined) return undefined;
  const timeout = header('timeout');
  return {
    channel,
    condition,
    strategy,
    timeoutMs: timeout === undefined ? undefined : parseHeaderDuration(timeout),
    responseRequired: parseFlag('response-required', header('response-required')),
    requestedAcks: parseRequestedAcks(header('requested-acks')),
  };
}

/** As Ditto, which takes either word in any case, and only `live` as it stands for the live channel. */
function parseChannel(text: string | undefined): LiveHeaders['channel'] {
  if (text !== undefined && !['twin', 'live'].includes(text.trim().toLowerCase()))
    throw new HeaderInvalid('channel', text, 'Send twin or live.');
  return text === 'live' ? 'live' : 'twin';
}

function parseStrategy(text: string | undefined): LiveChannelTimeoutStrategy {
  if (text === undefined || text === 'fail') return 'fail';
  if (text === 'use-twin') return text;
  throw new HeaderInvalid('live-channel-timeout-strategy', text, 'Send fail or use-twin.');
}
