/**
 * The address of a running server that the caller's environment gives, with all variables of the service; undefined when
 * it gives none. The address of the instance itself, which `env` printed, does not count: that one is ours to stop.
 */
export function givenServer({ variables }, instance, environment = process.env) {
  const [address] = variables;
  const given = environment[address];
  if (!given || given === instance.environment[address]) return undefined;
  const missing = variables.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`${address} gives a running server: it needs ${missing.join(' and ')}, too.`);
  return Object.fromEntries(variables.map((name) => [name, environment[name]]));
}
