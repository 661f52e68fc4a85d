import { mapping } from './pipeline-function.js';

export const base64Encode = mapping('fn:base64-encode()', 0, (value) =>
  btoa(Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte)).join('')),
);
