import { CAR, refusal, writtenCar } from '@gemel/testkit/http-api';

const car = writtenCar();
const { put } = car;

describe('Things: ETag preconditions', () => {
  it.each([
    ['PUT', '', { 'if-match': '*' }, 412],
    ['PUT', '', { 'if-none-match': '*' }, 201],
    ['PUT', '', { 'if-none-match': '"rev:1"' }, 201],
    ['PUT', '', { 'if-match': '"rev:1"' }, 412],
    ['PATCH', '', { 'if-match': '*' }, 412],
    ['DELETE', '', { 'if-match': '*' }, 404],
    ['PUT', '/attributes', { 'if-match': '*' }, 404],
  ] as const)('on an absent thing %s %j with %j is %i', async (method, part, headers, status) => {
    const body = method === 'DELETE' ? undefined : { attributes: {} };
    expect(await car.call(method, CAR + part, body, { headers })).toMatchObject({ status });
  });

  it.each([
    ['PUT', '', { 'if-none-match': '*' }, 412],
    ['PUT', '', { 'if-match': '"rev:1", "rev:7"' }, 204],
    ['PUT', '', { 'if-match': 'W/"rev:1"' }, 412],
    ['PUT', '', { 'if-none-match': 'W/"rev:1"' }, 204],
    ['PUT', '', { 'if-match': 'rev:1' }, 400],
    ['PUT', '/attributes/new', { 'if-match': '*' }, 412],
    ['PUT', '/attributes/new', { 'if-none-match': '*' }, 201],
    ['PATCH', '/attributes/new', { 'if-match': '*' }, 412],
    ['DELETE', '/attributes/new', { 'if-match': '*' }, 404],
    ['DELETE', '', { 'if-none-match': '"rev:1"' }, 412],
    ['DELETE', '', { 'if-match': '"rev:1"' }, 204],
  ] as const)('on a thing %s %j with %j is %i', async (method, part, headers, status) => {
    await put('', { attributes: {} });
    const body = method === 'DELETE' ? undefined : { attributes: {} };
    const answer = await car.call(method, CAR + part, body, { headers });
    expect(answer).toMatchObject({ status });
    if (status === 412 && part === '') expect(answer.headers['etag']).toBe('"rev:1"');
  });
});

describe('Things: Conditions on writes', () => {
  beforeEach(() => put('', { attributes: { a: 1 } }));

  it.each([
    ['PUT', 'eq(attributes/a,1)', 204, undefined],
    ['PUT', 'eq(attributes/a,2)', 412, 'things:condition.failed'],
    ['PATCH', 'gt(_revision,1)', 412, 'things:condition.failed'],
    ['DELETE', 'exists(attributes/b)', 412, 'things:condition.failed'],
    ['DELETE', 'and(exists(attributes/a),lt(attributes/a,2))', 204, undefined],
    ['PUT', 'nonsense', 400, 'things:condition.invalid'],
    ['PATCH', 'eq(attributes/a', 400, 'things:condition.invalid'],
  ] as const)('%s under %s is %i', async (method, condition, status, error) => {
    const body = method === 'DELETE' ? undefined : 5;
    const answer = await car.call(method, `${CAR}/attributes/a?condition=${encodeURIComponent(condition)}`, body);
    expect(answer).toMatchObject(error === undefined ? { status } : refusal(status, error));
  });

  it('come after rights and tags, but a condition must be one before rights are looked at', async () => {
    const as = (headers: Record<string, string>) => car.call('PUT', CAR, {}, { user: 'other', headers });
    expect(await as({ condition: 'nonsense' })).toMatchObject(refusal(400, 'things:condition.invalid'));
    expect(await as({ condition: 'eq(attributes/a,1)' })).toMatchObject(refusal(412, 'things:condition.failed'));
    const both = { condition: 'eq(attributes/a,2)', 'if-match': '"rev:9"' };
    expect(await put('', {}, both)).toMatchObject(refusal(412, 'things:precondition.failed'));
    expect(
      await car.call('PUT', '/api/2/things/org.example:new', {}, { headers: { condition: 'eq(attributes/a,1)' } }),
    ).toMatchObject({ status: 201 });
  });
});
