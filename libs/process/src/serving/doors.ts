import { JwtAuthenticator, PreAuthenticator } from '@gemel/api/http';
import type { Authenticator, HttpFrame, PasswordAuthenticator, Role } from '@gemel/api/http';
import type { TokenVerifier } from '@gemel/application/ports';
import type { TokenIssuer } from '@gemel/model/authentication';
import { verifiers } from '@gemel/wiring';
import type { DoorMethod } from '../settings/index.js';

export interface DoorSettings {
  readonly GEMEL_PRE_AUTHENTICATION: boolean;
  readonly GEMEL_OIDC_ISSUERS: readonly TokenIssuer[];
  readonly GEMEL_OIDC_CLOCK_SKEW_MS: number;
  readonly GEMEL_DEVOPS_AUTHENTICATION: DoorMethod;
  readonly GEMEL_DEVOPS_OIDC_ISSUERS: readonly TokenIssuer[];
  readonly GEMEL_DEVOPS_SUBJECTS: readonly string[];
  readonly GEMEL_STATUS_AUTHENTICATION: DoorMethod;
  readonly GEMEL_STATUS_SUBJECTS: readonly string[];
}

/** Who lets callers in, and in which order: pre-authentication, password, token. */
export async function openDoors(
  settings: DoorSettings,
  users: PasswordAuthenticator,
): Promise<Required<Pick<HttpFrame, 'authenticators' | 'doors'>>> {
  const openVerifier = await verifiers.oidc();
  const clockSkewMs = settings.GEMEL_OIDC_CLOCK_SKEW_MS;
  const bearers = new JwtAuthenticator({
    verifier: openVerifier({ issuers: settings.GEMEL_OIDC_ISSUERS, clockSkewMs }),
  });
  const devops = { users, verifier: openVerifier({ issuers: settings.GEMEL_DEVOPS_OIDC_ISSUERS, clockSkewMs }) };
  const operator = door(settings.GEMEL_DEVOPS_AUTHENTICATION, settings.GEMEL_DEVOPS_SUBJECTS, 'operator', devops);
  return {
    authenticators: [...(settings.GEMEL_PRE_AUTHENTICATION ? [new PreAuthenticator()] : []), users, bearers],
    doors: {
      operator,
      // As in Ditto: where the devops routes are open, there is nothing to hide in the state of the service.
      status:
        operator === 'open'
          ? 'open'
          : door(settings.GEMEL_STATUS_AUTHENTICATION, settings.GEMEL_STATUS_SUBJECTS, 'status', devops),
    },
  };
}

interface Keepers {
  readonly users: PasswordAuthenticator;
  readonly verifier: TokenVerifier;
}

function door(
  method: DoorMethod,
  expectedSubjects: readonly string[],
  role: Role,
  { users, verifier }: Keepers,
): readonly Authenticator[] | 'open' {
  switch (method) {
    case 'none':
      return 'open';
    case 'basic':
      return [users];
    case 'oauth2':
      return [new JwtAuthenticator({ verifier, role, expectedSubjects })];
  }
}
