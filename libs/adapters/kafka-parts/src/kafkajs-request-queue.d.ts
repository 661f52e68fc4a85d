/** Of each connection; kafkajs does not export it. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface Parts {
    readonly maxInFlightRequests: number | null;
    readonly requestTimeout: number;
    readonly enforceRequestTimeout: boolean;
    readonly clientId: string;
    readonly broker: string;
    readonly logger: { debug(): void };
    readonly isConnected: () => boolean;
  }

  class RequestQueue {
    /** Until when the broker wants nothing more, in milliseconds since 1970. */
    throttledUntil: number;
    readonly pending: unknown[];
    readonly throttleCheckTimeoutId: NodeJS.Timeout | null;
    constructor(parts: Parts);
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }

  export = RequestQueue;
}
