import type { FieldSelector } from './field-selector.js';

/** The text of a selector, which reads as the same one. */
export function formatFieldSelector({ children }: FieldSelector): string {
  return [...children]
    .map(([key, child]) => {
      const name = key.replaceAll('~', '~0').replaceAll('/', '~1');
      return child.children.size === 0 ? name : `${name}(${formatFieldSelector(child)})`;
    })
    .join(',');
}
