const ROLES = ['user', 'status', 'operator'] as const;
/** Users reach the twins, `status` the state of the service, operators that and the devops routes. */
export type Role = (typeof ROLES)[number];

/** Someone who may sign in with a password. */
export interface User {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
}

const WELL_KNOWN = new Set(['ditto:ditto', 'devops:foobar', 'devops:status']);

/** Whether it is one of the defaults, whose password is no secret. */
export function isWellKnown({ name, password }: User): boolean {
  return WELL_KNOWN.has(`${name}:${password}`);
}

/**
 * Parses `name:password[:role],…`; each part may be percent-encoded. A name may be there once for each role.
 * Faults go to `report`.
 */
export function parseUsers(text: string, report: (fault: string) => void): readonly User[] {
  const users = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .flatMap((item, index) => parseUser(item, index + 1, report));
  const names = users.map(({ name, role }) => `'${name}' with the role '${role}'`);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index)))
    report(`user ${name} is there twice`);
  return users;
}

function parseUser(item: string, place: number, report: (fault: string) => void): readonly User[] {
  const [name = '', password = '', roleText = 'user', ...rest] = item.split(':').map(decode);
  // The text itself may hold a password and is not repeated.
  if (name === '' || password === '' || rest.length > 0) {
    report(`user ${place} is not name:password or name:password:role`);
    return [];
  }
  const role = ROLES.find((known) => known === roleText);
  if (role === undefined) {
    report(`user ${place} ('${name}') has an unknown role; the roles are ${ROLES.join(', ')}`);
    return [];
  }
  return [{ name, password, role }];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
