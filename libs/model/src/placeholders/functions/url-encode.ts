import { mapping } from './pipeline-function.js';

/** As an HTML form does: a space becomes `+`, and everything but letters, digits and `-_.*` a percent sequence. */
export const urlEncode = mapping('fn:url-encode()', 0, (value) =>
  encodeURIComponent(value.replace(/\p{Surrogate}/gu, '?'))
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+'),
);
