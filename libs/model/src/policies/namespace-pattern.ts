import { isNamespace } from '../ids/index.js';

const BELOW = '.*';

/** `a.b` for that namespace alone, `a.b.*` for those below it (Ditto, "Policy: Namespaces"). */
export function isNamespacePattern(text: string): boolean {
  const namespace = text.endsWith(BELOW) ? text.slice(0, -BELOW.length) : text;
  return namespace !== '' && isNamespace(namespace);
}

export function matchesNamespace(pattern: string, namespace: string): boolean {
  return pattern.endsWith(BELOW) ? namespace.startsWith(pattern.slice(0, -1)) : pattern === namespace;
}
