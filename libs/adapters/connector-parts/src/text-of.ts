/** A value of a header, of whatever type the transport has; undefined when there is none. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return undefined;
      if (value instanceof Date) return String(value.getTime());
      return Buffer.isBuffer(value) ? value.toString() : JSON.stringify(value);
    default:
      return undefined;
  }
}
