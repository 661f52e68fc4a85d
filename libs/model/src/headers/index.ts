export { headerText, headerValue } from './headers.js';
export {
  HeaderNotSupported,
  HeadersTooLarge,
  MAX_TRAVELLING_BYTES,
  UNSUPPORTED_HEADERS,
  isCustomHeader,
  refuseUnsupportedHeader,
} from './signal-headers.js';
