import type { Preconditions } from './context.js';
import { checkPreconditions, preconditionErrors } from './preconditions.js';
import type { PreconditionVerb } from './preconditions.js';

const errors = preconditionErrors('things');

/** Status and etag of the refusal, or 'passes'. */
function verdict(preconditions: Preconditions, current: string | undefined, verb: PreconditionVerb): string {
  try {
    checkPreconditions(preconditions, current, verb, errors);
    return 'passes';
  } catch (error) {
    const { status, headers } = error as { status: number; headers: Record<string, string> };
    return `${status} ${headers['etag'] ?? '-'}`;
  }
}

describe('preconditions', () => {
  it.each<[string, Preconditions, string | undefined, PreconditionVerb]>([
    ['passes', {}, '"rev:2"', 'modify'],
    ['passes', { ifMatch: '"rev:2"' }, '"rev:2"', 'modify'],
    ['passes', { ifMatch: '"rev:1", "rev:2"' }, '"rev:2"', 'delete'],
    ['passes', { ifMatch: '*' }, '"rev:2"', 'modify'],
    ['412 "rev:2"', { ifMatch: '"rev:1"' }, '"rev:2"', 'modify'],
    ['412 "rev:2"', { ifMatch: '"rev:1"' }, '"rev:2"', 'retrieve'],
    ['412 "rev:2"', { ifMatch: 'W/"rev:2"' }, '"rev:2"', 'delete'],
    ['412 -', { ifMatch: '*' }, undefined, 'modify'],
    ['412 -', { ifMatch: '"rev:1"' }, undefined, 'modify'],
    ['passes', { ifMatch: '*' }, undefined, 'retrieve'],
    ['passes', { ifMatch: '"rev:1"' }, undefined, 'delete'],
    ['passes', { ifNoneMatch: '*' }, undefined, 'modify'],
    ['412 "rev:2"', { ifNoneMatch: '*' }, '"rev:2"', 'modify'],
    ['412 "rev:2"', { ifNoneMatch: '"rev:2"' }, '"rev:2"', 'delete'],
    ['304 "rev:2"', { ifNoneMatch: '"rev:1","rev:2"' }, '"rev:2"', 'retrieve'],
    ['304 "rev:2"', { ifNoneMatch: '*' }, '"rev:2"', 'retrieve'],
    ['passes', { ifNoneMatch: 'W/"rev:2"' }, '"rev:2"', 'retrieve'],
    ['passes', { ifNoneMatch: '"rev:1"' }, '"rev:2"', 'retrieve'],
    ['412 "rev:2"', { ifMatch: '"rev:1"', ifNoneMatch: '"rev:2"' }, '"rev:2"', 'retrieve'],
    ['400 -', { ifMatch: 'rev:2' }, '"rev:2"', 'modify'],
    ['400 -', { ifNoneMatch: '"a*b"' }, '"rev:2"', 'retrieve'],
    ['400 -', { ifMatch: '' }, undefined, 'retrieve'],
  ])('%s: %j against %s on %s', (expected, preconditions, current, verb) => {
    expect(verdict(preconditions, current, verb)).toBe(expected);
  });
});
