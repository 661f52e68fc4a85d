import type { Logger } from '@gemel/application/ports';
import { isWellKnown } from '../settings/index.js';
import type { User } from '../settings/index.js';
import type { DoorSettings } from './doors.js';

export interface GuardedSettings extends DoorSettings {
  readonly GEMEL_USERS: readonly User[];
  readonly GEMEL_CORS_ORIGINS: readonly string[];
}

/** Tells once, at the start, of settings that let more people in than they may be meant to. */
export function warnOfWeakSettings(settings: GuardedSettings, log: Logger): void {
  for (const { setting, hint } of weaknessesOf(settings)) log.warn({ setting }, hint);
}

interface Weakness {
  readonly setting: string;
  readonly hint: string;
}

function weaknessesOf(settings: GuardedSettings): readonly Weakness[] {
  const plain = (issuers: DoorSettings['GEMEL_OIDC_ISSUERS']) => issuers.some(({ protocol }) => protocol === 'http');
  const rules: readonly (readonly [isWeak: boolean, setting: string, hint: string])[] = [
    [
      settings.GEMEL_USERS.some(isWellKnown),
      'GEMEL_USERS',
      'there are users with default passwords, which everybody knows',
    ],
    [
      settings.GEMEL_PRE_AUTHENTICATION,
      'GEMEL_PRE_AUTHENTICATION',
      'callers are whom x-ditto-pre-authenticated names: only a proxy may be able to set it',
    ],
    [
      settings.GEMEL_DEVOPS_AUTHENTICATION === 'none',
      'GEMEL_DEVOPS_AUTHENTICATION',
      'the devops routes are open to anybody',
    ],
    [
      settings.GEMEL_DEVOPS_AUTHENTICATION === 'oauth2' && settings.GEMEL_DEVOPS_SUBJECTS.length === 0,
      'GEMEL_DEVOPS_SUBJECTS',
      'whoever has a token is an operator',
    ],
    [
      [settings.GEMEL_DEVOPS_AUTHENTICATION, settings.GEMEL_STATUS_AUTHENTICATION].includes('oauth2') &&
        settings.GEMEL_DEVOPS_OIDC_ISSUERS.length === 0,
      'GEMEL_DEVOPS_OIDC_ISSUERS',
      'no issuer of operators is trusted: nobody can enter where oauth2 is asked for',
    ],
    [
      plain(settings.GEMEL_OIDC_ISSUERS),
      'GEMEL_OIDC_ISSUERS',
      'keys of an issuer come over plain HTTP, where others can exchange them',
    ],
    [
      plain(settings.GEMEL_DEVOPS_OIDC_ISSUERS),
      'GEMEL_DEVOPS_OIDC_ISSUERS',
      'keys of an issuer come over plain HTTP, where others can exchange them',
    ],
    [settings.GEMEL_CORS_ORIGINS.includes('*'), 'GEMEL_CORS_ORIGINS', 'pages of any origin may read the answers'],
  ];
  return rules.flatMap(([isWeak, setting, hint]) => (isWeak ? [{ setting, hint }] : []));
}
