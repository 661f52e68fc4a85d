export { TimeoutMalformed, TimeoutTooLong, TimeoutZero, parseAnswerWanted } from './answer-wanted.js';
export type { AnswerKind, AnswerWanted } from './answer-wanted.js';
export { formatDuration, parseHeaderDuration } from './duration.js';
export { parseFlag } from './flag.js';
export { HeaderInvalid } from './header-invalid.js';
export { parseIfEqual } from './if-equal.js';
export type { IfEqual } from './if-equal.js';
export { parsePatchConditions } from './patch-conditions.js';
export type { PatchCondition } from './patch-conditions.js';
export { headerText, headerValue, withoutInternalHeaders } from './headers.js';
export { parseMetadataHeaders } from './metadata-headers.js';
export type { MetadataEntry, MetadataHeaders } from './metadata-headers.js';
export { formatPastMoment, parsePastMoment } from './past-moment.js';
export type { PastMoment } from './past-moment.js';
export { PastRangeInvalid, parsePastRange, revisionsIn } from './past-range.js';
export type { PastRange } from './past-range.js';
export { parsePolicyView } from './policy-view.js';
export type { PolicyView } from './policy-view.js';
export { parseLiveHeaders } from './live-headers.js';
export type { LiveChannelTimeoutStrategy, LiveHeaders } from './live-headers.js';
export {
  HeaderNotSupported,
  HeadersTooLarge,
  MAX_HEADER_BYTES,
  UNSUPPORTED_HEADERS,
  isCustomHeader,
  checkHeaderType,
  refuseUnsupportedHeader,
} from './signal-headers.js';
export {
  TRACE_HEADERS,
  beginTrace,
  continueTrace,
  parseTraceContext,
  repeatableStep,
  traceContextOf,
  traceHeadersOf,
} from './trace-context.js';
export type { TraceContext } from './trace-context.js';
export {
  LIVE_RESPONSE,
  SEARCH_PERSISTED,
  TWIN_PERSISTED,
  customLabels,
  isAckLabel,
  parseRequestedAcks,
} from './requested-acks.js';
export type { AckLabel } from './requested-acks.js';
