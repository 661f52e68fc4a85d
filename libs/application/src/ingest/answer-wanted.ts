import { headerText, parseAnswerWanted } from '@gemel/model/headers';
import type { AnswerWanted } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';

/**
 * What the sender of a message wants to hear of it. Who asks for no acknowledgement at all wants no response either, unless
 * it says so (Ditto, "Acknowledgements: default header values").
 * @throws TimeoutMalformed, HeaderInvalid, TimeoutZero
 */
export function answerWanted(headers: JsonObject): AnswerWanted {
  const requestedAcks = headerText(headers, 'requested-acks');
  const responseRequired = headerText(headers, 'response-required');
  const wanted = parseAnswerWanted(
    { timeout: headerText(headers, 'timeout'), responseRequired, requestedAcks },
    'twin',
  );
  const asksForNone = requestedAcks !== undefined && wanted.acks.length === 0;
  return asksForNone && responseRequired === undefined ? { ...wanted, response: false } : wanted;
}
