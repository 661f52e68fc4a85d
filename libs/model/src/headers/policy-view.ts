import { defineError } from '../errors/index.js';

/** How a retrieved policy is shown: as stored, or with all that it takes over from others. */
export type PolicyView = 'original' | 'resolved';

export const PolicyViewInvalid = defineError('policies:view.invalid', 400, (view: string) => ({
  message: `'${view}' is no view of a Policy.`,
  description: "The header or parameter 'policy-view' is original or resolved.",
}));

/** Undefined when it is absent or blank; case does not matter. @throws PolicyViewInvalid */
export function parsePolicyView(text: string | undefined): PolicyView | undefined {
  const view = text?.trim().toLowerCase() ?? '';
  if (view === '') return undefined;
  if (view !== 'original' && view !== 'resolved') throw new PolicyViewInvalid(text ?? '');
  return view;
}
