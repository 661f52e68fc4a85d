import type { EventEmitter } from 'node:events';
import { mongo } from 'mongoose';
import { DriverWatch } from './driver-watch.js';
import type { WatchedClient } from './driver-watch.js';

const SERVER = 'db:27017';
const LIMITS = { heartbeatMs: 2_000, connectMs: 5_000, answerMs: 15_000 };
const GRACE_MS = 1_000;

describe('DriverWatch', () => {
  let client: EventEmitter & WatchedClient;
  let told: string[];
  let watch: DriverWatch;

  beforeEach(() => {
    jest.useFakeTimers();
    // Never connected: only its events are needed.
    client = new mongo.MongoClient('mongodb://127.0.0.1:1/');
    told = [];
    watch = new DriverWatch(client, LIMITS, {
      broke: () => told.push('broke'),
      stuck: (reason) => told.push(`stuck: ${reason}`),
    });
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  const began = (awaited = false, server = SERVER) =>
    client.emit('serverHeartbeatStarted', { connectionId: server, awaited });
  const succeeded = (connectionId: number, server = SERVER) =>
    client.emit('serverHeartbeatSucceeded', { connectionId: server, reply: { connectionId } });
  const failed = () => client.emit('serverHeartbeatFailed', { connectionId: SERVER });
  const taken = (connectionId: number) => client.emit('connectionCheckedOut', { address: SERVER, connectionId });
  const back = (connectionId: number) => client.emit('connectionCheckedIn', { address: SERVER, connectionId });
  const cleared = () => client.emit('connectionPoolCleared', { address: SERVER });

  it('tells of a look at the server that never ends', () => {
    began();
    jest.advanceTimersByTime(LIMITS.connectMs + GRACE_MS - 1);
    expect(told).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(told).toEqual(['stuck: it does not look at the server any more']);
  });

  it('gives a server longer that answers only when there is something new', () => {
    began(true);
    jest.advanceTimersByTime(LIMITS.connectMs + LIMITS.heartbeatMs + GRACE_MS - 1);
    expect(told).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(told).toHaveLength(1);
  });

  it('has nothing to tell of looks that end, well or not, while a server is away', () => {
    for (let look = 0; look < 20; look += 1) {
      began();
      jest.advanceTimersByTime(LIMITS.connectMs);
      failed();
      jest.advanceTimersByTime(500);
    }
    began();
    succeeded(1);
    jest.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it('takes an answer that comes in the moment after a pause of this process', () => {
    began();
    jest.advanceTimersByTime(LIMITS.connectMs);
    succeeded(1);
    jest.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it('watches each server by itself', () => {
    began(false, 'a:1');
    began(false, 'b:1');
    succeeded(1, 'a:1');
    client.emit('serverClosed', { address: 'b:1' });
    began(false, 'c:1');
    jest.advanceTimersByTime(60_000);
    expect(told).toHaveLength(1);
  });

  it('tells that connections broke when the pool is cleared, or the server is looked at over another one', () => {
    cleared();
    expect(told).toEqual(['broke']);
    succeeded(1);
    succeeded(1);
    expect(told).toHaveLength(1);
    succeeded(2);
    expect(told).toEqual(['broke', 'broke']);
  });

  it('tells of a connection that was out when they broke and is not given back', () => {
    taken(1);
    taken(2);
    cleared();
    back(1);
    jest.advanceTimersByTime(LIMITS.answerMs + GRACE_MS - 1);
    expect(told).toEqual(['broke']);
    jest.advanceTimersByTime(1);
    expect(told).toEqual(['broke', 'stuck: a connection did not come back']);
  });

  it('lets a connection be long that was given back and taken again', () => {
    taken(1);
    cleared();
    back(1);
    taken(1);
    jest.advanceTimersByTime(60_000);
    expect(told).toEqual(['broke']);
  });

  it('tells once, and nothing any more when it is stopped', () => {
    taken(1);
    cleared();
    began();
    jest.advanceTimersByTime(60_000);
    expect(told).toHaveLength(2);
    began();
    cleared();
    jest.advanceTimersByTime(60_000);
    expect(told).toHaveLength(2);
  });
});
