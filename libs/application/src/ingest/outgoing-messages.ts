import { mapHeaders, traceHeaders } from '@gemel/model/connections';
import type { HeaderMapping, Qos } from '@gemel/model/connections';
import type { GemelError } from '@gemel/model/errors';
import type { JsonObject } from '@gemel/model/json';
import type { OutgoingMessage, OutgoingSignal, PayloadMapping } from '@gemel/model/mapping';
import { resolveTemplate } from '@gemel/model/placeholders';
import type { PlaceholderContext, Template } from '@gemel/model/placeholders';
import type { OutboundMessage } from '../ports/index.js';
import type { PayloadMappers } from './payload-mappers.js';

/** Where signals go, and how they look there: what targets and reply targets have in common. */
export interface Outlet {
  readonly address: Template;
  readonly qos: Qos;
  readonly headerMapping: HeaderMapping | undefined;
  readonly payloadMapping: readonly PayloadMapping[];
}

/** What is to be published of one signal: nothing when no mapper wants it. */
export interface Outgoing {
  readonly messages: readonly OutboundMessage[];
  /** Of mappers that could not map it. */
  readonly failures: readonly GemelError[];
}

export interface OutgoingContext extends PlaceholderContext {
  /** Of the signal. */
  readonly headers: JsonObject;
}

/** Undefined when the address does not resolve. @param extra headers that go along where no header mapping says which */
export function outgoingMessages(
  outlet: Outlet,
  signal: OutgoingSignal,
  context: OutgoingContext,
  mappers: PayloadMappers,
  extra: Readonly<Record<string, string>> = {},
): Outgoing | undefined {
  const address = resolveTemplate(outlet.address, context);
  if (address.kind !== 'resolved') return undefined;
  const messages: OutboundMessage[] = [];
  const failures: GemelError[] = [];
  for (const one of mappers.outgoing(outlet.payloadMapping, signal, context)) {
    if ('error' in one) {
      failures.push(one.error);
      continue;
    }
    // One literal: there is a message for each event and target, and to spread a part of it into it takes longer than all the rest.
    messages.push({
      address: address.values[0] ?? '',
      payload: one.made.payload,
      qos: outlet.qos,
      group: context.entityId,
      headers: headersOf(outlet, one.made, context, extra),
    });
  }
  return { messages, failures };
}

/** What the header mapping says counts more than what the mapper says. */
function headersOf(
  { headerMapping }: Outlet,
  { headers }: OutgoingMessage,
  context: OutgoingContext,
  extra: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return headerMapping === undefined
    ? Object.assign(traceHeaders(context.headers), extra, headers)
    : { ...headers, ...mapHeaders(headerMapping, context) };
}
