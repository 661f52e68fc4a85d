const FORMAT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3, roundingMode: 'halfEven' });

/** A number as Ditto prints it inside a message: Java's `MessageFormat`, for example `42,000` and `250.001` (contract 2.2). */
export function javaNumber(value: number): string {
  return FORMAT.format(value);
}
