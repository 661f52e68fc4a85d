/** Whether a topic name falls under an MQTT topic filter; wildcards at the start never match topics that begin with `$`. */
export function matchesFilter(filter: string, topic: string): boolean {
  const levels = filter.split('/');
  const names = topic.split('/');
  // [MQTT-4.7.2-1]
  if (topic.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false;
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true;
    if (index >= names.length || (level !== '+' && level !== names[index])) return false;
  }
  return levels.length === names.length;
}

/** {@link matchesFilter} for one filter, quick for the usual `prefix/#`. */
export function filterTest(filter: string): (topic: string) => boolean {
  const prefix = filter.slice(0, -2);
  if (!filter.endsWith('/#') || prefix.includes('+')) return (topic) => matchesFilter(filter, topic);
  return (topic) => topic.startsWith(prefix) && (topic.length === prefix.length || topic.charAt(prefix.length) === '/');
}

/** A set of MQTT topic filters, each with values; finds those a topic falls under without trying them all. */
export class FilterTree<Value> {
  readonly #root = new Node<Value>();

  add(filter: string, value: Value): void {
    let node = this.#root;
    for (const level of filter.split('/')) {
      const child: Node<Value> = node.children.get(level) ?? new Node<Value>();
      node.children.set(level, child);
      node = child;
    }
    node.values.add(value);
  }

  remove(filter: string, value: Value): void {
    this.#remove(this.#root, filter.split('/'), 0, value);
  }

  match(topic: string): readonly Value[] {
    if (this.#root.children.size === 0) return [];
    const found: Value[] = [];
    collect(this.#root, topic.split('/'), 0, found, topic.startsWith('$'));
    return found;
  }

  /** Takes empty branches away, so that filters come and go without a trace. */
  #remove(node: Node<Value>, levels: readonly string[], depth: number, value: Value): void {
    const level = levels[depth];
    if (level === undefined) {
      node.values.delete(value);
      return;
    }
    const child = node.children.get(level);
    if (child === undefined) return;
    this.#remove(child, levels, depth + 1, value);
    if (child.values.size === 0 && child.children.size === 0) node.children.delete(level);
  }
}

class Node<Value> {
  readonly children = new Map<string, Node<Value>>();
  readonly values = new Set<Value>();
}

function collect<Value>(
  node: Node<Value>,
  names: readonly string[],
  depth: number,
  found: Value[],
  internal: boolean,
): void {
  const wildcards = !(internal && depth === 0);
  if (wildcards) found.push(...(node.children.get('#')?.values ?? []));
  const name = names[depth];
  if (name === undefined) {
    found.push(...node.values);
    return;
  }
  const exact = node.children.get(name);
  if (exact !== undefined && name !== '+' && name !== '#') collect(exact, names, depth + 1, found, internal);
  const any = wildcards ? node.children.get('+') : undefined;
  if (any !== undefined) collect(any, names, depth + 1, found, internal);
}
