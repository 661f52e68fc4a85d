import type { InboundHandler, Logger } from '@gemel/application/ports';

import type { BrokerPrincipal } from './broker-principal.js';
import type { BrokerLimits } from './limits.js';
import type { BrokerTopics } from './topic-rights.js';

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Undefined when user or password are wrong. */
  readonly authenticate: (
    username: string,
    password: string,
    clientId: string,
  ) => BrokerPrincipal | undefined | Promise<BrokerPrincipal | undefined>;
  /** Gets what is published to a source; the sender has its PUBACK when it resolves, is disconnected when it rejects. */
  readonly onMessage: InboundHandler;
  /** An existing folder where sessions, retained messages and wills are kept; without one they end with the broker. */
  readonly folder?: string;
  readonly topics: BrokerTopics;
  readonly log: Logger;
  readonly limits?: Partial<BrokerLimits>;
  /** How often the broker says how it is doing, in milliseconds; 10 s by default, as Mosquitto's `sys_interval`. */
  readonly systemIntervalMs?: number;
}
