import type { Logger } from '@gemel/application/ports';

/** Something that ends in good order. */
export interface Stoppable {
  close(): Promise<void>;
  /** What `close` is waiting for now. */
  closing(): readonly string[];
}

/** Less than the 30 seconds that Kubernetes leaves a container. */
const DEADLINE_MS = 25_000;

/** Ends the process in good order at SIGINT and SIGTERM. A second signal does not wait, and nobody waits for ever. */
export function stopOnSignals(running: Stoppable, log: Logger, deadlineMs = DEADLINE_MS): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => {
      log.error({ waitingFor: running.closing(), deadlineMs }, 'could not stop in time; ends without');
      process.exit(1);
    }, deadlineMs).unref();
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error, waitingFor: running.closing() }, 'could not stop in good order');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
