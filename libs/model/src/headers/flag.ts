import { HeaderInvalid } from './header-invalid.js';

/** A header that is `true` or `false`; undefined when it is absent. @throws HeaderInvalid */
export function parseFlag(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw new HeaderInvalid(name, text, 'Send true or false.');
  return text === 'true';
}
