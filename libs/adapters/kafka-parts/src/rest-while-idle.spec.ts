import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { restWhileIdle } from './rest-while-idle.js';

const HOUR_MS = 3_600_000;

describe('requests to Kafka', () => {
  it('are looked after only while some wait to be sent', () => {
    restWhileIdle();
    const queue = new RequestQueue({
      ...{ maxInFlightRequests: null, requestTimeout: 1_000, enforceRequestTimeout: false },
      ...{ clientId: 'spec', broker: 'broker', logger: { debug: () => undefined }, isConnected: () => true },
    });
    queue.checkPendingRequests();
    const idle = queue.throttleCheckTimeoutId;
    queue.throttledUntil = Date.now() + HOUR_MS;
    queue.pending.push({});
    queue.checkPendingRequests();
    const waiting = queue.throttleCheckTimeoutId;
    queue.destroy();
    expect(idle).toBeNull();
    expect(waiting).not.toBeNull();
  });
});
