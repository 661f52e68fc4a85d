import { describeFailures } from './describe-failures.js';
import { AuthenticationFailed } from './errors.js';
import { defineError } from '../errors/index.js';

const Unavailable = defineError('gateway:publickey.provider.unavailable', 503, () => ({ message: 'Down.' }));

describe('Authentication: several credentials at once', () => {
  it('tell nothing when nothing was tried, and the only refusal when there is one', () => {
    const only = new AuthenticationFailed('No.');
    expect(describeFailures([])).toBeUndefined();
    expect(describeFailures([only])).toBe(only);
  });

  it('tell first of what is no matter of credentials', () => {
    const down = new Unavailable();
    expect(describeFailures([new AuthenticationFailed('No.'), down])).toBe(down);
  });

  it('tell all hints in one refusal', () => {
    const refusals = [new AuthenticationFailed('A.', 'Try a.'), new AuthenticationFailed('B.', 'Try b.')];
    expect(describeFailures(refusals)?.toJson()).toEqual({
      status: 401,
      error: 'gateway:authentication.failed',
      message: 'The request holds several credentials, and none was accepted.',
      description: 'What would help each of them: { Try a. }, { Try b. }.',
    });
  });
});
