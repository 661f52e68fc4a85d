import type { JsonObject } from '@gemel/model/json';
import { turns, until } from '@gemel/testkit/contracts';
import { MessagedCar } from '@gemel/testkit/http-api';

const { ASK } = MessagedCar;

let car: MessagedCar;

beforeEach(async () => {
  car = await MessagedCar.open();
});
afterEach(() => car.close());

describe('Messages: timeouts', () => {
  it('say how long was waited', async () => {
    const { body } = await car.post(`${ASK}?timeout=60ms`).expect(408);
    expect(body).toEqual({
      status: 408,
      error: 'command.timeout',
      message: 'Nobody has answered within 60ms.',
      description: 'Check that the device listens, or allow more time.',
    });
    expect(car.device.got[0]?.['headers']).toMatchObject({ timeout: '60ms' });
  });

  it.each(['timeout=0', 'response-required=false', 'timeout=5&response-required=false'])('%s is 202', async (query) => {
    expect((await car.post(`${ASK}?${query}`).expect(202)).text).toBe('');
    await until(() => car.device.got.length > 0);
    expect(car.device.got).toHaveLength(1);
  });

  it.each([
    ['timeout=0&response-required=true', 'header.invalid'],
    ['timeout=0&requested-acks=mine', 'header.invalid'],
    ['timeout=61s', 'timeout.invalid'],
    ['timeout=-1', 'timeout.invalid'],
    ['timeout=abc', 'timeout.invalid'],
    ['response-required=maybe', 'header.invalid'],
  ])('%s is refused with %s', async (query, error) => {
    expect((await car.post(`${ASK}?${query}`).expect(400)).body).toMatchObject({ error });
    expect(car.device.got).toEqual([]);
  });

  it('says what was wrong with an answer that was none, to the caller and to the operator', async () => {
    car.device.answer = ({ headers }) => ({
      topic: 'x/car/things/live/messages/ask',
      path: '/features/lamp/inbox/messages/ask',
      headers: headers ?? {},
      status: 200,
    });
    const { body } = await car.post(`${ASK}?timeout=100ms`).expect(408);
    expect(body.description).toBe(
      'An answer came that is none: it is a messages.responses:featureResponseMessage, which answers no messages.commands:thingMessage.',
    );
    expect(car.api.failures.recent()).toMatchObject([{ code: 'gemel:answer.unexpected', thingId: 'x:car' }]);
  });

  it('leave a late answer to the operator', async () => {
    await car.post(`${ASK}?timeout=20ms`).set('correlation-id', 'late').expect(408);
    // The timer that ended the wait may be a millisecond ahead of the clock that tells what is late.
    const ended = Date.now();
    while (Date.now() <= ended + 1) await turns(1);
    const topic = 'x/car/things/live/messages/ask';
    await car.device.send({ topic, path: '/inbox/messages/ask', headers: { 'correlation-id': 'late' }, status: 200 });
    await car.device.send({ topic, path: '/inbox/messages/ask', headers: { 'correlation-id': 'never' }, status: 200 });
    await car.device.send({ topic, path: '/inbox/messages/ask', headers: {}, status: 200 });
    await car.device.send('{"topic":');
    expect(car.api.failures.recent().map(({ message }) => message)).toEqual([
      expect.stringContaining('JSON'),
      'The answer reaches nobody: it has no correlation-id.',
      "The answer reaches nobody: nothing was asked with the correlation-id 'never'.",
      'The answer reaches nobody: it comes too late.',
    ]);
  });

  it('refuse a correlation id that is in use', async () => {
    const first = car
      .post(`${ASK}?timeout=300ms`)
      .set('correlation-id', 'same')
      .then((response) => response.status);
    while (car.device.got.length === 0) await turns(1);
    const { body } = await car.post(ASK).set('correlation-id', 'same').expect(409);
    expect(body.error).toBe('acknowledgement:request.duplicate.correlation-id');
    expect(await first).toBe(408);
  });
});

describe('Messages: requested acknowledgements', () => {
  const both = (status: number) => (signal: JsonObject) => {
    const headers = { 'correlation-id': (signal['headers'] as JsonObject)['correlation-id'] ?? '' };
    return [
      { topic: 'x/car/things/live/acks/mine', path: '/', headers, status, value: { ok: true } },
      {
        topic: signal['topic'] ?? '',
        path: signal['path'] ?? '',
        headers: { ...headers, 'content-type': 'text/plain' },
        status: 200,
        value: 'yes',
      },
    ];
  };

  it('come together with the answer', async () => {
    car.device.answer = both(200);
    const { body } = await car.post(`${ASK}?requested-acks=mine`).set('correlation-id', 'c').expect(200);
    expect(body).toEqual({
      mine: { status: 200, payload: { ok: true }, headers: { 'correlation-id': 'c', version: 2 } },
      'live-response': {
        status: 200,
        payload: 'yes',
        headers: { 'correlation-id': 'c', 'content-type': 'text/plain', version: 2 },
      },
    });
    car.device.answer = both(503);
    expect((await car.post(`${ASK}?requested-acks=mine`).expect(424)).body.mine.status).toBe(503);
  });

  it('that are missing have timed out', async () => {
    car.device.replies(200, 'yes', 'text/plain');
    const { body } = await car.post(`${ASK}?requested-acks=mine&timeout=500ms`).expect(424);
    expect(body.mine).toEqual({
      status: 408,
      payload: {
        status: 408,
        error: 'acknowledgement:request.timeout',
        message: 'The acknowledgement did not come within 500ms.',
        description: 'Check that somebody issues it, or allow more time.',
      },
      headers: {},
    });
  });

  it('of one label are its own answer, and of a caller who wants no response a 202', async () => {
    car.device.answer = both(200);
    await car.post(`${ASK}?requested-acks=mine&response-required=false`).expect(202);
    car.device.answer = both(400);
    const { status } = await car.post(`${ASK}?requested-acks=mine&response-required=false`);
    expect(status).toBe(400);
  });
});
