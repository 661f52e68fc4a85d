/** Of the process' own metrics: one of them must not become something else. */
const TAKEN = /^(?:gemel|process|nodejs)_/;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const LONGEST = 200;

/** A metric's name as Prometheus takes it: dashes and dots become `_`, as with Ditto's reporter; or why it cannot be one. */
export function metricName(given: string): { readonly name: string } | { readonly fault: string } {
  const name = given.replaceAll(/[-.]/g, '_');
  if (!METRIC.test(name) || name.length > LONGEST)
    return { fault: `is no name of a metric: letters, digits and '_', a digit not first, ${LONGEST} at most` };
  return TAKEN.test(name)
    ? { fault: `has a name that belongs to Gemel: it begins with ${TAKEN.exec(name)?.[0]}` }
    : { name };
}

/** A tag's name as Prometheus takes it, in the same way; undefined when it cannot be one. */
export function labelName(given: string): string | undefined {
  const name = given.replaceAll(/[-.:]/g, '_');
  return LABEL.test(name) && name.length <= LONGEST ? name : undefined;
}
