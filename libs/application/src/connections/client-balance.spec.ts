import { clientToHandOver, hasItsShare } from './client-balance.js';
import type { HeldClients } from './client-balance.js';

/** `cars 0,1/2`: the first two clients of two. */
const held = (...texts: readonly string[]): readonly HeldClients[] =>
  texts.map((text) => {
    const [id = '', rest = ''] = text.split(' ');
    const [clients = '', count = ''] = rest.split('/');
    return { id, clientCount: Number(count), clients: clients === '' ? [] : clients.split(',').map(Number) };
  });

describe('the balance of clients', () => {
  it.each([
    ['nothing, alone', ['cars 0,1/2', 'bikes 0/1'], 1, undefined],
    ['the second client of a connection that another replica can share', ['cars 0,1/2'], 2, { id: 'cars', client: 1 }],
    ['nothing that is shared already', ['cars 1/2'], 2, undefined],
    ['nothing of one connection alone', ['cars 0/1'], 2, undefined],
    ['none of two connections', ['cars 0/1', 'bikes 0/1'], 2, undefined],
    ['none of five', ['a 0/1', 'b 0/1', 'c 0/1', 'd 0/1', 'e 0/1'], 2, undefined],
    ['one of six', ['a 0/1', 'b 0/1', 'c 0/1', 'd 0/1', 'e 0/1', 'f 0/1'], 2, { id: 'a', client: 0 }],
    ['none of six when others have one', ['a 0/1', 'b 0/1', 'c 0/1', 'd 0/1', 'e 0/1', 'f /1'], 2, undefined],
    ['nothing when others have as many', ['cars 0/1', 'bikes /1'], 2, undefined],
    ['no more than its share of an odd number', ['cars 0/1', 'bikes 0/1', 'vans /1'], 2, undefined],
    ['the last client where replicas are fewer than clients', ['cars 0,1,2/3'], 2, { id: 'cars', client: 2 }],
    ['nothing of three clients over two replicas', ['cars 0,2/3'], 2, undefined],
    ['of whose connection it has most', ['bikes 0/1', 'cars 0,1/2'], 3, { id: 'cars', client: 1 }],
    ['nothing when it has none', ['cars /2'], 3, undefined],
  ] as const)('hands over %s', (_what, all, replicas, expected) => {
    expect(clientToHandOver(held(...all), replicas)).toEqual(expected);
  });

  it.each([
    [['cars 0/2'], 'cars', 2, true],
    [['cars /2'], 'cars', 2, false],
    [['cars /1', 'bikes 0/1'], 'cars', 2, true],
    [['cars /1', 'bikes /1'], 'cars', 2, false],
    [['cars /1', 'bikes 0/1', 'vans /1'], 'cars', 2, false],
  ] as const)(
    '%j: whether it has its share when %s is given back to %i replicas: %j',
    (all, id, replicas, expected) => {
      expect(hasItsShare(held(...all), id, replicas)).toBe(expected);
    },
  );
});
