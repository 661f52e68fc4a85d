import type { Connector, ConnectorStatus, OpenConnector, Place } from '@gemel/application/ports';
import { parseConnection } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import { openBreakableNetwork, openTlsFront } from '../network/index.js';
import type { BreakableNetwork, TlsFront } from '../network/index.js';
import { until as untilDeadline } from './turns.js';

/** A connector and a server that it can connect to. */
export interface Connectable {
  readonly connector: Connector;
  readonly server: Place;
  /** Of a connection to it, but for `id` and `uri`. */
  readonly json: JsonObject;
  readonly schemes: { readonly plain: string; readonly secure: string };
  /** `user:password`, or undefined when the server lets in everybody. */
  readonly account?: string | undefined;
  /** Path of the URI. */
  readonly path?: string | undefined;
  /** Whether a connection stands while nothing is sent; true by default. */
  readonly isStanding?: boolean;
  /** What makes the server refuse the connection as it is. */
  readonly refused?: JsonObject | undefined;
}

/** How every connector to a server of its own comes to stand, and tells when it does not. */
export function describeConnecting(name: string, target: Connectable, patienceMs = 10_000): void {
  const until = (condition: () => boolean) => untilDeadline(condition, patienceMs);

  describe(`${name} as it connects`, () => {
    let statuses: ConnectorStatus[];
    let opened: OpenConnector[];
    let network: BreakableNetwork;
    let front: TlsFront | undefined;

    beforeEach(async () => {
      [statuses, opened, front] = [[], [], undefined];
      network = await openBreakableNetwork(target.server.host, target.server.port);
    });

    afterEach(async () => {
      for (const connector of opened) await connector.close(0);
      await front?.close();
      await network.close();
    });

    const { account, path = '', schemes } = target;
    const uriOf = (scheme: string, { host, port }: Place, who = account) =>
      `${scheme}://${who === undefined ? '' : `${who}@`}${host}:${port}${path}`;
    const isOpen = () => statuses.at(-1)?.state === 'open';
    const isMisconfigured = () => statuses.some(({ state }) => state === 'misconfigured');

    /** However the server calls itself, the way leads through the network. */
    async function open(change: JsonObject, place: Place = { host: '127.0.0.1', port: network.port }): Promise<void> {
      const connection = parseConnection({ id: `test-${Date.now()}`, ...target.json, ...change });
      // Those that were opened before go on trying, and have nothing to say here.
      const own: ConnectorStatus[] = [];
      statuses = own;
      const observe = (status: ConnectorStatus) => own.push(status);
      const route = () => Promise.resolve(place);
      opened.push(await target.connector.open(connection, () => Promise.resolve(), observe, route));
    }

    const here = { host: 'localhost', port: 1 };

    it('waits for a server that is not there yet', async () => {
      network.cut();
      await open({ uri: uriOf(schemes.plain, here) });
      await until(() => statuses.length > 2);
      expect(statuses.map(({ state }) => state)).not.toContain('open');
      expect(statuses[0]?.detail).toMatch(/tries again in \d+ s/);
      network.heal();
      await until(isOpen);
    });

    const expectToGiveUp = async () => {
      await open({ uri: uriOf(schemes.plain, here), failoverEnabled: false });
      await until(isOpen);
      network.cut();
      await until(() => statuses.at(-1)?.state === 'failed');
      expect(statuses.at(-1)?.detail).toMatch(/does not try again/);
    };
    if (target.isStanding !== false) it('gives up after a failure when it is told to', () => expectToGiveUp());

    const expectToBeRefused = async (change: JsonObject) => {
      await open(change);
      await until(isMisconfigured);
      expect(statuses.map(({ state }) => state)).not.toContain('open');
      expect(JSON.stringify(statuses)).not.toContain('swordfish');
    };
    it('says that the server refuses it as it is, and nothing of secrets', async () => {
      if (target.account !== undefined)
        await expectToBeRefused({ uri: uriOf(schemes.plain, here, 'nobody:swordfish') });
      if (target.refused !== undefined) await expectToBeRefused({ uri: uriOf(schemes.plain, here), ...target.refused });
    });

    it('trusts the certificates that it is given, and no others unless it is told to', async () => {
      front = await openTlsFront('127.0.0.1', network.port);
      const { certificate } = front;
      const uri = uriOf(schemes.secure, here);
      await open({ uri }, front);
      await until(isMisconfigured);
      expect(JSON.stringify(statuses)).toMatch(/certificate/i);
      await open({ uri, ca: certificate }, front);
      await until(isOpen);
      // The certificate itself is trusted, whatever the server is called.
      await open({ uri: uriOf(schemes.secure, { host: '127.0.0.1', port: 1 }), ca: certificate }, front);
      await until(isOpen);
      await open({ uri, validateCertificates: false }, front);
      await until(isOpen);
    });

    it('shows its own certificate', async () => {
      front = await openTlsFront('127.0.0.1', network.port, true);
      const { certificate, key } = front;
      const uri = uriOf(schemes.secure, here);
      await open({ uri, ca: certificate }, front);
      await until(() => statuses.length > 1);
      expect(statuses.map(({ state }) => state)).not.toContain('open');
      await open({ uri, ca: certificate, credentials: { type: 'client-cert', cert: certificate, key } }, front);
      await until(isOpen);
    });
  });
}
