import { HeaderInvalid } from './header-invalid.js';

/** What becomes of a change that would change nothing (Ditto, "HTTP API concepts: conditional headers"). */
export type IfEqual = 'update' | 'skip' | 'skip-minimizing-merge';

const HINT = 'Send update, skip or skip-minimizing-merge.';

/** The header `if-equal`, in any case; undefined when it is absent. @throws HeaderInvalid */
export function parseIfEqual(text: string | undefined): IfEqual | undefined {
  const mode = text?.trim().toLowerCase();
  switch (mode) {
    case undefined:
    case 'update':
    case 'skip':
    case 'skip-minimizing-merge':
      return mode;
    default:
      throw new HeaderInvalid('if-equal', text ?? '', HINT);
  }
}
