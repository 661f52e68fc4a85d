import type { HeldLease, LeaseKeeper } from '../leases/index.js';
import type { Logger, Subscription } from '../ports/index.js';

/** Leases in a process that is alone: it holds each one that it asks for. */
export class LocalLeases implements Pick<LeaseKeeper, 'compete' | 'holder'> {
  constructor(
    readonly holder: string,
    private readonly log: Logger,
  ) {}

  compete(name: string, task: { start(lease: HeldLease): Promise<Subscription> }): Subscription {
    const started = task.start({ name, token: 1, isHeld: () => true }).catch((error: unknown) => {
      this.log.error({ error, lease: name }, 'what this process does alone could not be started');
      return undefined;
    });
    return {
      stop: async () => {
        await (await started)?.stop();
      },
    };
  }
}
