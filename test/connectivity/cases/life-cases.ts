import { openBreakableNetwork, openTlsFront } from '@gemel/testkit/network';
import type { JsonObject } from '@gemel/model/json';
import { eventually } from '@gemel/testkit/waiting';
import { placedAt, placedBehindTls } from '../../support/brokers/index.js';
import type { BrokerTraits } from '../../support/brokers/index.js';
import { commandOn } from '../../support/opened-connection.js';
import type { OpenedConnection } from '../../support/opened-connection.js';

const SECRETS = /swordfish|hunter2/;

/** What people who operate a connection see of it, and do with it. */
export function describeLife(traits: Omit<BrokerTraits, 'open'>, opened: () => OpenedConnection): void {
  const { hasSources = true, checksPasswords = false, knowsItsSources = false } = traits;

  /** A connection of the broker's for one test, without sources. */
  const others: string[] = [];
  const create = async (change: JsonObject = {}) => {
    const { gemel, broker, events } = opened();
    const target = {
      address: events.address('other'),
      topics: ['_/_/things/twin/events?namespaces=nobody'],
      qos: 1,
      authorizationContext: ['nginx:ditto'],
    };
    const { specificConfig, ...connection } = broker.connection;
    const own = { ...specificConfig, clientId: `other-${others.length}`, groupId: 'other' };
    const id = await gemel.create({ ...connection, specificConfig: own, targets: [target], ...change });
    others.push(id);
    return id;
  };
  afterEach(async () => {
    for (const id of others.splice(0)) await opened().gemel.delete(id);
  });

  it('is told of as it is: each source and target, since when, and that it is well', async () => {
    const { gemel, id, targets } = opened();
    const status = await gemel.status(id);
    expect(status).toMatchObject({ connectionStatus: 'open', liveStatus: 'open', recoveryStatus: 'succeeded' });
    expect(status.targetStatus.map(({ address }) => address)).toEqual([
      targets.events,
      targets.live,
      targets.mapped,
      targets.lost,
    ]);
    expect(status.sourceStatus).toHaveLength(hasSources ? 3 : 0);
  });

  it('counts what goes out, and begins anew when it is told to', async () => {
    const { gemel, id, targets, newThing, write } = opened();
    const published = () => gemel.count(id, targets.events, 'published');
    const resetAndCount = async () => {
      expect((await gemel.command(id, 'resetConnectionMetrics')).status).toBe(200);
      return published();
    };
    // An event of an earlier test may still be on its way out.
    expect(await eventually(resetAndCount, (count) => count === 0)).toBe(0);
    const name = await newThing();
    // In a cluster the process that counts hears of it a second or two later.
    let n = 0;
    const writeAndCount = async () => {
      await write(name, 'a', n++);
      return published();
    };
    expect(await eventually(writeAndCount, (count) => count > 0 && count <= n + 1)).toBeGreaterThan(0);
    expect(await gemel.count(id, targets.events, 'published', 'failure')).toBe(0);
  });

  it('logs what goes out by the id of its cause, and begins anew when it is told to', async () => {
    const { gemel, id, namespace, newThing, write } = opened();
    expect((await gemel.command(id, 'enableConnectionLogs')).status).toBe(200);
    expect((await gemel.command(id, 'resetConnectionLogs')).status).toBe(200);
    const name = await newThing();
    await write(name, 'a', 1, { 'correlation-id': `${name}-logged` });
    const entry = await eventually(
      async () =>
        (await gemel.logs(id)).find(
          ({ type, correlationId }) => type === 'published' && correlationId === `${name}-logged`,
        ),
      (found) => found !== undefined,
    );
    expect(entry).toMatchObject({ category: 'target', level: 'success', entityId: `${namespace}:${name}` });
  });

  it('is tested before it is made', async () => {
    const { gemel, broker, events } = opened();
    const target = { address: events.address('x'), topics: ['_/_/things/twin/events'], qos: 1 };
    const test = (change: JsonObject) =>
      gemel.manage('POST', '?dry-run=true', {
        ...broker.connection,
        name: 'tested',
        targets: [{ ...target, authorizationContext: ['nginx:ditto'] }],
        ...change,
      });
    expect(await test({})).toMatchObject({ status: 200 });
    const refused = await test({ ...placedAt(broker.connection, '127.0.0.1:1') });
    expect(refused).toMatchObject({ status: 504, body: { error: 'connectivity:connection.failed' } });
    expect(JSON.stringify(refused.body)).not.toMatch(SECRETS);
  });

  it('waits for a broker that is away, says so, and comes to stand when it is there', async () => {
    const { gemel, broker } = opened();
    const [, host = '', port = ''] = /([\w.]+):(\d+)$/.exec(broker.connection.uri) ?? [];
    const network = await openBreakableNetwork(host, Number(port));
    network.cut();
    const place = `127.0.0.1:${network.port}`;
    const { uri, specificConfig } = placedAt(broker.connection, place);
    const own = { ...specificConfig, groupId: 'away', clientId: `away-${String(network.port)}` };
    const id = await create({ uri, specificConfig: own });
    // A server of requests is looked for when there is something to say to it.
    const { clientStatus } = await gemel.statusIs(id, 'failed');
    expect(clientStatus[0]?.statusDetails).toMatch(/tries again in \d+ s/);
    expect((await gemel.logs(id)).some(({ category, level }) => category === 'connection' && level === 'failure')).toBe(
      true,
    );
    network.heal();
    await gemel.statusIs(id, 'open', 30_000);
    await network.close();
  });

  it('trusts only whom its certificates vouch for, and says what is wrong with them', async () => {
    const { gemel, broker } = opened();
    const [, host = '', port = ''] = /([\w.]+):(\d+)$/.exec(broker.connection.uri) ?? [];
    const fronts = await Promise.all([openTlsFront(host, Number(port)), openTlsFront(host, Number(port))]);
    const [front, stranger] = fronts;
    const { uri, specificConfig = {} } = placedBehindTls(broker.connection, `${front.host}:${front.port}`);
    const id = await create({ uri, specificConfig, ca: stranger.certificate });
    const { clientStatus } = await gemel.statusIs(id, 'misconfigured');
    expect(clientStatus[0]?.statusDetails).toMatch(/certificate.*check the connection's ca/i);
    const test = { ...broker.connection, name: 'tested', uri, specificConfig, ca: front.certificate };
    const target = { address: opened().events.address('x'), topics: ['_/_/things/twin/events'], qos: 1 };
    const targets = [{ ...target, authorizationContext: ['nginx:ditto'] }];
    expect(await gemel.manage('POST', '?dry-run=true', { ...test, targets })).toMatchObject({ status: 200 });
    await gemel.delete(id);
    await Promise.all(fronts.map((each) => each.close()));
  });

  const expectMisconfigured = async (change: JsonObject) => {
    const { gemel } = opened();
    const id = await create(change);
    const { clientStatus, recoveryStatus } = await gemel.statusIs(id, 'misconfigured');
    expect(recoveryStatus).toBe('ongoing');
    const answers = [clientStatus, (await gemel.manage('GET', `/${id}`)).body, await gemel.logs(id)];
    expect(JSON.stringify(answers)).not.toMatch(SECRETS);
    return clientStatus[0]?.statusDetails ?? '';
  };
  if (checksPasswords)
    it('says that user or password are wrong, and where to mend them', async () => {
      const { refused = {} } = opened().broker;
      expect(await expectMisconfigured(refused)).toMatch(/user name and password.*uri/i);
    });
  if (knowsItsSources)
    it('says what the broker has not', async () => {
      const { absent = {} } = opened().broker;
      expect(await expectMisconfigured(absent)).toMatch(/absent/);
    });

  it('can be closed and opened again and again, and publishes what happened meanwhile', async () => {
    const { gemel, id, newThing, write, eventsOf } = opened();
    const name = await newThing();
    for (let round = 1; round <= 3; round++) {
      expect((await gemel.command(id, 'closeConnection')).status).toBe(200);
      expect(await gemel.status(id)).toMatchObject({ connectionStatus: 'closed', liveStatus: 'closed' });
      await write(name, 'round', round);
      expect((await gemel.command(id, 'openConnection')).status).toBe(200);
    }
    const rounds = () => eventsOf(name).flatMap(({ path, value }) => (path === '/attributes/round' ? [value] : []));
    await eventually(
      () => Promise.resolve(rounds()),
      ({ length }) => length >= 3,
      30_000,
    );
    // What was published and not confirmed when it closed is published again.
    expect([...new Set(rounds())]).toEqual([1, 2, 3]);
  });

  const expectDraining = async () => {
    const { gemel, id, namespace, inbox, newThing, expectAttribute } = opened();
    const name = await newThing();
    const count = 200;
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const value = (n: number) => commandOn(namespace, name, 'modify', { path: '/attributes/n', value: n });
    const sent = Promise.all(numbers.map((each) => inbox.send(name, value(each % 80))));
    expect((await gemel.command(id, 'closeConnection')).status).toBe(200);
    await sent;
    expect((await gemel.command(id, 'openConnection')).status).toBe(200);
    await expectAttribute(name, 'n', count % 80);
  };
  if (hasSources) it('loses nothing of what comes while it closes', () => expectDraining());

  it('shows no secret, anywhere', async () => {
    const { gemel, id } = opened();
    const shown = [(await gemel.manage('GET', `/${id}`)).body, await gemel.logs(id), await gemel.status(id), gemel.log];
    expect(JSON.stringify(shown)).not.toMatch(SECRETS);
  });
}
