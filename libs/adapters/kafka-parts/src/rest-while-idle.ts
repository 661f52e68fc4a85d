import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

// It is called on a queue below.
// oxlint-disable-next-line typescript/unbound-method
const { scheduleCheckPendingRequests: schedule } = RequestQueue.prototype;

/**
 * Has kafkajs look after requests that wait to be sent only while there are any. By itself it does so every millisecond for
 * as long as a connection lasts (tulios/kafkajs#1704), which takes a process that idles 3 % of a processor. Whoever puts one
 * there has it looked after.
 */
export function restWhileIdle(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
