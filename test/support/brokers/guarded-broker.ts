import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openMosquitto, requiredVariable } from '@gemel/testkit/network';
import type { TlsFront } from '@gemel/testkit/network';
import type { Addresses, BrokerPlace } from './broker.js';
import { placedAt, placedBehindTls } from './placed-at.js';

/** A broker that lets in only those who know something. */
export interface GuardedBroker {
  /** For devices and consumers. */
  readonly addresses: Addresses;
  /** As a connection that knows it says where the broker is. */
  readonly right: (place: BrokerPlace) => BrokerPlace;
  /** The members of such a connection that has it wrong. */
  readonly wrong: (right: BrokerPlace) => Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE = () => Promise.resolve();
const wrongPassword = ({ uri }: BrokerPlace) => ({ uri: uri.replace(/:[^:@/]+@/, ':swordfish@') });

/** Of one that lets everybody in, another one, or another listener, that does not. @param variable that says where it is */
export async function withPassword(variable: string, addresses: Addresses): Promise<GuardedBroker> {
  if (variable === 'MQTT_URL') {
    const mosquitto = await openMosquitto({
      configuration: ['allow_anonymous false', 'password_file FOLDER/users'],
      prepare: (folder) => {
        spawnSync('mosquitto_passwd', ['-b', '-c', join(folder, 'users'), 'gemel', 'hunter2']);
      },
    });
    return {
      addresses: { ...addresses, MQTT_URL: `mqtt://gemel:hunter2@127.0.0.1:${String(mosquitto.port)}` },
      right: (place) => place,
      wrong: wrongPassword,
      close: () => mosquitto.close(),
    };
  }
  const sasl = new URL(requiredVariable('KAFKA_SASL_URL', addresses));
  const signedIn = (place: BrokerPlace): BrokerPlace => {
    const { specificConfig } = placedAt(place, sasl.host);
    return { ...place, uri: sasl.href, specificConfig: { ...specificConfig, saslMechanism: 'plain' } };
  };
  return {
    addresses,
    right: variable === 'KAFKA_BROKERS' ? signedIn : (place) => place,
    wrong: wrongPassword,
    close: NOTHING_TO_CLOSE,
  };
}

/** Behind a front of TLS, whose certificate nobody knows but who is given it. @param stranger has another one */
export function withCertificate(addresses: Addresses, front: TlsFront, stranger: TlsFront): GuardedBroker {
  return {
    addresses,
    right: (place) => ({ ...placedBehindTls(place, `${front.host}:${String(front.port)}`), ca: front.certificate }),
    wrong: () => ({ ca: stranger.certificate }),
    close: NOTHING_TO_CLOSE,
  };
}
