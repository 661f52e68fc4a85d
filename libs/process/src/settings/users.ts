/** Someone who may sign in with a password. */
export interface User {
  readonly name: string;
  readonly password: string;
  /** Operators reach the devops routes and nothing else. */
  readonly operator: boolean;
}

const WELL_KNOWN = new Set(['ditto:ditto', 'devops:foobar']);

/** Whether it is one of the defaults, whose password is no secret. */
export function isWellKnown({ name, password }: User): boolean {
  return WELL_KNOWN.has(`${name}:${password}`);
}

/** Parses `name:password[:operator],…`; each part may be percent-encoded. Faults go to `report`. */
export function parseUsers(text: string, report: (fault: string) => void): readonly User[] {
  const users = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .flatMap((item, index) => parseUser(item, index + 1, report));
  const names = users.map((user) => user.name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index)))
    report(`user '${name}' is there twice`);
  return users;
}

function parseUser(item: string, place: number, report: (fault: string) => void): readonly User[] {
  const [name = '', password = '', role, ...rest] = item.split(':').map(decode);
  // The text itself may hold a password and is not repeated.
  if (name === '' || password === '' || rest.length > 0) {
    report(`user ${place} is not name:password or name:password:operator`);
    return [];
  }
  if (role !== undefined && role !== 'operator') {
    report(`user ${place} ('${name}') has an unknown role; the only one is 'operator'`);
    return [];
  }
  return [{ name, password, operator: role === 'operator' }];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
