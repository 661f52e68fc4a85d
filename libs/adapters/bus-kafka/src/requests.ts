import { bytesOf } from './event-codec.js';
import type { EventMessage } from './event-codec.js';

export interface RequestLimits {
  readonly messages: number;
  /** All together; one message that is larger goes alone. */
  readonly bytes: number;
}

/** Cuts messages into requests, in order. */
export function requestsOf(
  messages: readonly EventMessage[],
  limits: RequestLimits,
): readonly (readonly EventMessage[])[] {
  const requests: EventMessage[][] = [];
  let current: EventMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = bytesOf(message);
    if (current.length >= limits.messages || (current.length > 0 && bytes + size > limits.bytes)) {
      requests.push(current);
      current = [];
      bytes = 0;
    }
    current.push(message);
    bytes += size;
  }
  if (current.length > 0) requests.push(current);
  return requests;
}
