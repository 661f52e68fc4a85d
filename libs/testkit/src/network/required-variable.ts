/** What the environment says of a service that a test needs, such as its URL. @throws Error when it says nothing */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`set ${name}, or let 'npm run test:services' do it`);
  return value;
}
