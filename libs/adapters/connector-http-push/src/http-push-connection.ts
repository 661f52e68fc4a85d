import { MessageNotTaken, MessageRefused } from '@gemel/application/ports';
import type {
  ConnectorObserver,
  ConnectorStatus,
  OpenConnector,
  OutboundMessage,
  PublishOutcome,
  Route,
} from '@gemel/application/ports';
import { KeptConnection, NotConnected, networkFault } from '@gemel/connector-parts';
import type { LinkFault } from '@gemel/connector-parts';

import { HoldOff } from './hold-off.js';
import type { HttpPushConnectorOptions } from './http-push-options.js';
import { HttpSession, httpFault, isOwnFault } from './http-session.js';
import type { PushAnswer } from './http-session.js';
import { Lanes } from './lanes.js';
import { pushRequest } from './push-request.js';
import type { HttpPushType, PushRequest } from './push-request.js';
import { signatureOf } from './signing.js';
import { TokenRefused, Tokens } from './tokens.js';

const UNAUTHORIZED = 401;

/** One open HTTP push connection: each message is a request, and its answer the outcome. */
export class HttpPushConnection implements OpenConnector {
  readonly #lanes: Lanes;
  readonly #holdOff: HoldOff;
  readonly #tokens: Tokens | undefined;
  readonly #kept: KeptConnection;
  #session: HttpSession | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly connection: HttpPushType,
    observer: ConnectorObserver,
    private readonly options: HttpPushConnectorOptions,
    route: Route,
  ) {
    const { credentials, specificConfig, failoverEnabled } = connection;
    this.#lanes = new Lanes(specificConfig.parallelism);
    this.#holdOff = new HoldOff(options.now);
    this.#tokens =
      credentials?.type === 'oauth-client-credentials' || credentials?.type === 'oauth-password'
        ? new Tokens(credentials, options)
        : undefined;
    this.#kept = new KeptConnection({
      connect: async (signal) => {
        // Who gets no token is not connected, either.
        await this.#tokens?.token();
        this.#session = await HttpSession.open({ connection, options, route }, signal);
        void this.#session.ended.then(() => (this.#session = undefined));
        return this.#session;
      },
      faultOf,
      firstPauseMs: options.firstPauseMs,
      longestPauseMs: options.longestPauseMs,
      failoverEnabled,
      onStatus: observer,
    });
  }

  start(): void {
    this.#kept.start();
  }

  status(): ConnectorStatus {
    return this.#kept.status();
  }

  /** @throws MessageRefused @throws MessageNotTaken @throws NotConnected */
  async publish(message: OutboundMessage): Promise<PublishOutcome> {
    const { address, group = address } = message;
    const request = pushRequest(this.connection, message);
    if (typeof request === 'string') throw new MessageRefused(address, request);
    if (this.#lanes.size >= this.options.requestsInFlight) {
      throw new MessageNotTaken({ status: 503 }, 'too many requests wait for the server', 'all');
    }
    return this.#lanes.run(group, async () => {
      if (message.qos === 0) return this.#send(address, request);
      this.#holdOff.check();
      const answer = await this.#send(address, request);
      this.#holdOff.taken(answer);
      return answer;
    });
  }

  hasReceivers(): boolean {
    return true;
  }

  close(deadlineMs: number): Promise<void> {
    return (this.#closing ??= this.#kept.close(deadlineMs));
  }

  async #send(address: string, request: PushRequest): Promise<PushAnswer> {
    try {
      const answer = await this.#sendOnce(request);
      if (answer.status !== UNAUTHORIZED || this.#tokens === undefined) return answer;
      // The token may have been withdrawn before its time.
      this.#tokens.forget();
      return await this.#sendOnce(request);
    } catch (error) {
      if (isOwnFault(error)) throw new MessageRefused(address, networkFault(error).detail);
      throw error;
    }
  }

  async #sendOnce(request: PushRequest): Promise<PushAnswer> {
    const session = this.#session;
    if (session === undefined) throw new NotConnected();
    const answer = await session.send(request, { ...request.headers, ...(await this.#authorization(request)) });
    this.#kept.succeeded();
    return answer;
  }

  async #authorization(request: PushRequest): Promise<Readonly<Record<string, string>>> {
    const { uri, credentials } = this.connection;
    if (this.#tokens !== undefined) return { authorization: `Bearer ${await this.#tokens.token()}` };
    if (credentials?.type === 'hmac') return signatureOf(request, uri.host, credentials, this.options.now());
    if (uri.username === undefined) return {};
    const account = Buffer.from(`${uri.username}:${uri.password ?? ''}`).toString('base64');
    return { authorization: `Basic ${account}` };
  }
}

function faultOf(error: unknown): LinkFault {
  return error instanceof TokenRefused ? { state: 'misconfigured', detail: error.message } : httpFault(error);
}
