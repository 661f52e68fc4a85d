import { ConfigurationInvalid } from '../settings/index.js';
import { lastWords } from './last-words.js';

describe('The last words of a process that cannot start', () => {
  it('are the sentence of what went wrong, and what led to it', () => {
    const socket = new Error('connection 3 closed');
    const driver = new TypeError('no answer within 60000 ms', { cause: socket });
    expect(lastWords(new Error('The store cannot take the request now.', { cause: driver }))).toBe(
      'The store cannot take the request now.\n' +
        'because: TypeError: no answer within 60000 ms\n' +
        'because: Error: connection 3 closed',
    );
  });

  it('say nothing twice, and end though causes go round', () => {
    const reason = new Error('the port is taken');
    const error = new Error('Cannot listen: the port is taken.', { cause: reason });
    reason.cause = error;
    expect(lastWords(error)).toBe('Cannot listen: the port is taken.');
  });

  it('name what is wrong with the configuration', () => {
    expect(lastWords(new ConfigurationInvalid('GEMEL_HTTP_PORT: must be a number'))).toMatch(
      /^The configuration is not valid:\n.*GEMEL_HTTP_PORT/s,
    );
  });

  it('show what is no error at all', () => {
    expect(lastWords('gone')).toBe('gone');
  });
});
