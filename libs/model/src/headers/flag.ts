import { headerTypeInvalid } from './header-invalid.js';

/** A header that is `true` or `false`; undefined when it is absent. @throws HeaderInvalid */
export function parseFlag(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw headerTypeInvalid(name, text, 'boolean');
  return text === 'true';
}
