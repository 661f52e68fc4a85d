/** The permissions of a resource of a policy: all that there are. */
export const ALL = { grant: ['READ', 'WRITE'], revoke: [] };
/** The permissions of a resource of a policy: to read only. */
export const READ = { grant: ['READ'], revoke: [] };

/** The subjects of a policy's entry, for users of `USERS`. */
export const subjects = (...users: readonly string[]): Record<string, { readonly type: string }> =>
  Object.fromEntries(users.map((user) => [`nginx:${user}`, { type: 'user' }]));
