import type { LinkFault } from './link-fault.js';
import type { Session } from './session.js';

/** A session has ended before it came to stand. */
export class SessionFailed extends Error {
  override readonly name = 'SessionFailed';

  constructor(readonly fault: LinkFault) {
    super(fault.detail);
  }
}

/**
 * The session, once it stands; it is closed when it does not come to, or when the signal aborts.
 * @throws SessionFailed it has ended meanwhile; or what `connect` rejects with
 */
export async function standing<S extends Session>(
  session: S,
  connect: () => Promise<void>,
  signal: AbortSignal,
): Promise<S> {
  const aborted = () => void session.close(0);
  signal.addEventListener('abort', aborted);
  const failed = session.ended.then((fault) => {
    throw new SessionFailed(fault);
  });
  try {
    await Promise.race([connect(), failed]);
    return session;
  } catch (error) {
    await session.close(0);
    throw error;
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}
