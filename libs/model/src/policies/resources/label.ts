import { LabelInvalid } from '../errors.js';

const LABEL = /^(?!imported|nsimported)[^/\x00-\x1F\x7F]+$/;

/** @throws LabelInvalid also for prefixes that are reserved for imported entries */
export function checkLabel(label: string): string {
  if (!LABEL.test(label)) throw new LabelInvalid(label);
  return label;
}
