import type { z } from 'zod';
import { isWellKnown } from './users.js';
import type { User } from './users.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/**
 * Passwords that everybody knows stay on this machine. For `superRefine` of the settings.
 * @param hosts addresses that the process listens on, by the setting that says so
 */
export function refuseWellKnownPasswords(
  users: readonly User[],
  hosts: Readonly<Record<string, string>>,
  context: z.RefinementCtx,
): void {
  const wellKnown = [...new Set(users.filter(isWellKnown).map(({ name }) => `'${name}'`))];
  if (wellKnown.length === 0) return;
  for (const [setting, host] of Object.entries(hosts)) {
    if (LOOPBACK.test(host)) continue;
    context.addIssue({
      code: 'custom',
      path: ['GEMEL_USERS'],
      message:
        `the default password of ${wellKnown.join(' and ')} is refused because ${setting} is '${host}', ` +
        'which others can reach; set passwords of your own',
    });
  }
}
