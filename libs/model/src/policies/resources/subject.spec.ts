import fc from 'fast-check';
import { formatInstant } from '../../time/index.js';
import { parseAnnouncement } from './subject-announcement.js';
import { parseExpiry, roundUpExpiry } from './subject-expiry.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

describe('Subject expiry', () => {
  it.each([
    [SECOND, '2030-01-01T00:00:00.001Z', '2030-01-01T00:00:01Z'],
    [30 * SECOND, '2030-01-01T00:00:31Z', '2030-01-01T00:01:00Z'],
    [HOUR, '2030-01-01T10:00:00Z', '2030-01-01T10:00:00Z'],
    [HOUR, '2030-01-01T10:00:01Z', '2030-01-01T11:00:00Z'],
    [12 * HOUR, '2030-01-01T12:30:00Z', '2030-01-02T00:00:00Z'],
    [DAY, '2030-01-31T00:00:01Z', '2030-02-01T00:00:00Z'],
    [15 * DAY, '2030-04-02T00:00:00Z', '2030-04-16T00:00:00Z'],
    [15 * DAY, '2030-04-16T00:00:00Z', '2030-04-16T00:00:00Z'],
    [250, '2030-01-01T00:00:00.251Z', '2030-01-01T00:00:00.500Z'],
  ])('with granularity %i ms rounds %s up to %s', (granularity, given, rounded) => {
    expect(formatInstant(roundUpExpiry(at(given), granularity))).toBe(rounded);
  });

  it('is never earlier than asked for, and later by no more than the granularity', () => {
    const granularities = fc.constantFrom(1, 250, SECOND, 30 * SECOND, 60 * SECOND, HOUR, 12 * HOUR, DAY);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), granularities, (expiry, granularity) => {
        const rounded = roundUpExpiry(expiry, granularity);
        expect(rounded).toBeGreaterThanOrEqual(expiry);
        expect(rounded - expiry).toBeLessThan(granularity);
        expect(roundUpExpiry(rounded, granularity)).toBe(rounded);
      }),
    );
  });

  it('takes an offset', () => {
    expect(parseExpiry('2030-01-01T01:00:00.5+01:00', 0, HOUR)).toBe('2030-01-01T01:00:00Z');
  });

  it.each(['', 'tomorrow', '2030-01-01', '2030-01-01T00:00Z', '2030-01-01T00:00:00', '2030-13-01T00:00:00Z'])(
    'refuses %j as no time',
    (text) => {
      expect(() => parseExpiry(text, 0, HOUR)).toThrow(`'${text}' is not a valid expiry of a subject`);
    },
  );

  it('refuses the past, not the hour that goes on', () => {
    const now = at('2030-01-01T10:30:00Z');
    expect(parseExpiry('2030-01-01T10:15:00Z', now, HOUR)).toBe('2030-01-01T11:00:00Z');
    expect(() => parseExpiry('2030-01-01T09:15:00Z', now, HOUR)).toThrow(
      "'2030-01-01T10:00:00Z' is not a valid expiry of a subject: it is over.",
    );
    expect(() => parseExpiry(5, now, HOUR)).toThrow('must be a JSON string');
  });
});

describe('Subject announcements', () => {
  it.each([
    [{}, { whenDeleted: false }],
    [
      { beforeExpiry: '1h', whenDeleted: true },
      { beforeExpiry: '1h', whenDeleted: true },
    ],
    [{ beforeExpiry: '30s' }, { beforeExpiry: '60s', whenDeleted: false }],
    [{ beforeExpiry: '90s' }, { beforeExpiry: '120s', whenDeleted: false }],
    [{ beforeExpiry: '500ms' }, { beforeExpiry: '60000ms', whenDeleted: false }],
    [{ beforeExpiry: '30' }, { beforeExpiry: '60', whenDeleted: false }],
    [
      { requestedAcks: { labels: ['my-connection:ack', 1, '{{connection:id}}:ack'], timeout: '10s' }, other: 1 },
      { whenDeleted: false, requestedAcks: { labels: ['my-connection:ack', '{{connection:id}}:ack'], timeout: '10s' } },
    ],
    [{ randomizationInterval: '5m' }, { whenDeleted: false, randomizationInterval: '5m' }],
  ])('%j are stored as %j', (given, stored) => {
    expect(parseAnnouncement(given)).toEqual(stored);
  });

  it.each([
    [{ beforeExpiry: '0s' }, 'policies:subjectannouncement.invalid'],
    [{ beforeExpiry: '-1s' }, 'policies:subjectannouncement.invalid'],
    [{ beforeExpiry: '1d' }, 'policies:subjectannouncement.invalid'],
    [{ beforeExpiry: 'soon' }, 'policies:subjectannouncement.invalid'],
    [{ randomizationInterval: '1x' }, 'policies:subjectannouncement.invalid'],
    [{ requestedAcks: { timeout: 'x' } }, 'policies:subjectannouncement.invalid'],
    [{ beforeExpiry: 5 }, 'json.invalid'],
    [{ whenDeleted: 'yes' }, 'json.invalid'],
    [{ requestedAcks: [] }, 'json.invalid'],
    [{ requestedAcks: { labels: 'x' } }, 'json.invalid'],
    [{ requestedAcks: { labels: ['a b'] } }, 'acknowledgement:label.invalid'],
    ['1h', 'json.invalid'],
  ])('%j are refused with %s', (given, code) => {
    expect(() => parseAnnouncement(given)).toThrow(expect.objectContaining({ code }));
  });
});
