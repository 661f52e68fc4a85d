import { mapping } from './pipeline-function.js';

/** Every occurrence; the texts are literal, not patterns. */
export const replace = mapping("fn:replace('from', 'to')", 2, (value, from = '', to = '') =>
  value.replaceAll(from, () => to),
);
