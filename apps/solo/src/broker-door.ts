import type { JwtAuthenticator, PasswordAuthenticator, Principal } from '@gemel/api/http';
import type { MqttUsers } from '@gemel/application/mqtt-users';
import type { Clock } from '@gemel/application/ports';
import { GemelError } from '@gemel/model/errors';
import type { brokers } from '@gemel/wiring';

type OpenBroker = Awaited<ReturnType<typeof brokers.embedded>>;
type Authenticate = Parameters<OpenBroker>[0]['authenticate'];

/** Three parts, as RFC 7519 has it: no password that anybody would choose. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export interface DoorParts {
  readonly mqttUsers: MqttUsers;
  readonly users: PasswordAuthenticator;
  readonly bearers: readonly JwtAuthenticator[];
  readonly clock: Clock;
}

/**
 * Lets in MQTT users, users of HTTP, and in place of a password whoever bears a JSON Web Token, until it expires. Operators
 * have no business with devices.
 */
export function brokerDoor({ mqttUsers, users, bearers, clock }: DoorParts): Authenticate {
  return async (name, password, clientId) => {
    const device = await mqttUsers.signIn(name, password, clientId);
    if (device !== undefined) return device === 'wrong' ? undefined : device;
    const user = users.signIn(name, password);
    if (user?.role === 'user') return { subjects: user.subjects };
    const bearer = TOKEN.test(password) ? await bearerOf(password, bearers) : undefined;
    if (bearer === undefined) return undefined;
    const { subjects, token } = bearer;
    const expiry = token?.expiry;
    return { subjects, name: subjects[0], ...(expiry === undefined ? {} : { endsInMs: expiry - clock.now() }) };
  };
}

async function bearerOf(token: string, bearers: readonly JwtAuthenticator[]): Promise<Principal | undefined> {
  for (const bearer of bearers) {
    try {
      return await bearer.signIn(token);
    } catch (error) {
      if (!(error instanceof GemelError)) throw error;
    }
  }
  return undefined;
}
