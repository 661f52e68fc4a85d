/**
 * What became of an expression. `deleted` is final and silent (a header that is left out),
 * `unresolved` may still be repaired by `fn:default`.
 */
export type Resolution =
  | { readonly kind: 'resolved'; /** At least one. */ readonly values: readonly string[] }
  | { readonly kind: 'unresolved' }
  | { readonly kind: 'deleted' };

export const UNRESOLVED: Resolution = { kind: 'unresolved' };
export const DELETED: Resolution = { kind: 'deleted' };

/** Unresolved when there is no value. */
export function resolved(values: readonly string[]): Resolution {
  return values.length === 0 ? UNRESOLVED : { kind: 'resolved', values };
}

export function valuesOf(resolution: Resolution): readonly string[] {
  return resolution.kind === 'resolved' ? resolution.values : [];
}
