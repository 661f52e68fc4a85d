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
