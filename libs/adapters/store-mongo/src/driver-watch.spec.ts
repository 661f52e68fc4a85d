import { vi } from 'vitest';
import type { EventEmitter } from 'node:events';
import { mongo } from 'mongoose';
import { DriverWatch } from './driver-watch.js';
import type { WatchedClient } from './driver-watch.js';

const SERVER = 'db:27017';
const LIMITS = { heartbeatMs: 2_000, connectMs: 5_000, answerMs: 15_000 };
const GRACE_MS = 1_000;
const GATHER_MS = 100;

describe('DriverWatch', () => {
  let client: EventEmitter & WatchedClient;
  let told: string[];
  let heard: number;
  let watch: DriverWatch;

  beforeEach(() => {
    vi.useFakeTimers();
    // Never connected: only its events are needed.
    client = new mongo.MongoClient('mongodb://127.0.0.1:1/');
    [told, heard] = [[], 0];
    watch = new DriverWatch(client, LIMITS, {
      broke: () => told.push('broke'),
      reached: () => (heard += 1),
      stuck: (reason) => told.push(`stuck: ${reason}`),
    });
  });
  afterEach(() => {
    watch.stop();
    vi.useRealTimers();
  });

  const began = (awaited = false, server = SERVER) =>
    client.emit('serverHeartbeatStarted', { connectionId: server, awaited });
  const succeeded = (server = SERVER) => client.emit('serverHeartbeatSucceeded', { connectionId: server });
  const failed = () => client.emit('serverHeartbeatFailed', { connectionId: SERVER });
  const taken = (connectionId: number) => client.emit('connectionCheckedOut', { address: SERVER, connectionId });
  const back = (connectionId: number) => client.emit('connectionCheckedIn', { address: SERVER, connectionId });
  const ready = (connectionId: number) => client.emit('connectionReady', { address: SERVER, connectionId });
  const closed = (connectionId: number, reason: string) =>
    client.emit('connectionClosed', { address: SERVER, connectionId, reason });
  const cleared = () => client.emit('connectionPoolCleared', { address: SERVER });

  it('tells of a look at the server that never ends', () => {
    began();
    vi.advanceTimersByTime(LIMITS.connectMs + GRACE_MS - 1);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['stuck: it does not look at the server any more']);
  });

  it('gives a server longer that answers only when there is something new', () => {
    began(true);
    vi.advanceTimersByTime(LIMITS.connectMs + LIMITS.heartbeatMs + GRACE_MS - 1);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toHaveLength(1);
  });

  it('has nothing to tell of looks that end, well or not, while a server is away', () => {
    for (let look = 0; look < 20; look += 1) {
      began();
      vi.advanceTimersByTime(LIMITS.connectMs);
      failed();
      vi.advanceTimersByTime(500);
    }
    began();
    succeeded();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it('takes an answer that comes in the moment after a pause of this process', () => {
    began();
    vi.advanceTimersByTime(LIMITS.connectMs);
    succeeded();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it('tells when a server was heard: it answered a look, or a connection was made', () => {
    began();
    failed();
    expect(heard).toBe(0);
    began();
    succeeded();
    ready(1);
    expect(heard).toBe(2);
  });

  it('watches each server by itself', () => {
    began(false, 'a:1');
    began(false, 'b:1');
    succeeded('a:1');
    client.emit('serverClosed', { address: 'b:1' });
    began(false, 'c:1');
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(1);
  });

  it('tells once of connections that broke together', () => {
    ready(1);
    ready(2);
    cleared();
    closed(1, 'error');
    closed(2, 'error');
    expect(told).toEqual([]);
    vi.advanceTimersByTime(GATHER_MS);
    expect(told).toEqual(['broke']);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(['broke']);
  });

  it('tells of one that is found broken when somebody wants it, as after a short outage', () => {
    ready(1);
    closed(1, 'error');
    vi.advanceTimersByTime(GATHER_MS);
    expect(told).toEqual(['broke']);
  });

  it.each(['idle', 'stale', 'poolClosed'])(
    'has nothing to tell of a connection that the driver closes as %s',
    (reason) => {
      ready(1);
      closed(1, reason);
      vi.advanceTimersByTime(60_000);
      expect(told).toEqual([]);
    },
  );

  it('takes a connection that could not be made for no sign that others broke', () => {
    closed(1, 'error');
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it('tells of a connection that was out when they broke and is not given back', () => {
    taken(1);
    taken(2);
    cleared();
    vi.advanceTimersByTime(GATHER_MS);
    back(1);
    vi.advanceTimersByTime(LIMITS.answerMs + GRACE_MS - 1);
    expect(told).toEqual(['broke']);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['broke', 'stuck: a connection did not come back']);
  });

  it('lets a connection be long that was given back and taken again', () => {
    taken(1);
    cleared();
    vi.advanceTimersByTime(GATHER_MS);
    back(1);
    taken(1);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(['broke']);
  });

  it('tells once, and nothing any more when it is stopped', () => {
    taken(1);
    cleared();
    began();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(['broke', 'stuck: it does not look at the server any more']);
    began();
    cleared();
    ready(2);
    succeeded();
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(2);
    expect(heard).toBe(0);
  });
});
