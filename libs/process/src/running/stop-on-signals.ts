import type { Logger } from '@gemel/application/ports';

/** Something that ends in good order. */
export interface Stoppable {
  close(): Promise<void>;
  /** What `close` is waiting for now. */
  closing(): readonly string[];
}

/** The part of Node's `process` that a stop needs. */
export interface Host {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(status: number): void;
}

/** Less than the 30 seconds that Kubernetes leaves a container. */
const DEADLINE_MS = 25_000;

/** Ends the process in good order at SIGINT and SIGTERM. A second signal does not wait, and nobody waits for ever. */
export function stopOnSignals(
  running: Stoppable,
  log: Logger,
  { deadlineMs = DEADLINE_MS, host = process }: { readonly deadlineMs?: number; readonly host?: Host } = {},
): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) {
      host.exit(1);
      return;
    }
    stopping = true;
    setTimeout(() => {
      log.error({ waitingFor: running.closing(), deadlineMs }, 'could not stop in time; ends without');
      host.exit(1);
    }, deadlineMs).unref();
    running.close().then(
      () => host.exit(0),
      (error: unknown) => {
        log.error({ error, waitingFor: running.closing() }, 'could not stop in good order');
        host.exit(1);
      },
    );
  };
  host.on('SIGINT', onSignal);
  host.on('SIGTERM', onSignal);
}
