/**
 * What is said of a service that a test needs, such as its URL. @throws Error when nothing is
 * @param variables where it is said
 */
export function requiredVariable(
  name: string,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const value = variables[name];
  if (value === undefined) throw new Error(`set ${name}, or let 'npm run test:services' do it`);
  return value;
}
