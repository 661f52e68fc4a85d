/** A number as Java's `MessageFormat` writes it into Ditto's error texts: `42,000`, three decimals at most. */
export function grouped(value: number): string {
  return FORMAT.format(value);
}

/** Bytes as Ditto's limits count them. */
export function kilobytes(bytes: number): string {
  return grouped(bytes / BYTES_PER_KB);
}

const BYTES_PER_KB = 1024;
/** Java rounds half to even. */
const FORMAT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3, roundingMode: 'halfEven' });
