/** Time that passes, as opposed to what the clock shows. */
export interface Timers {
  /** Milliseconds since some moment; never goes back, and goes on while the process is suspended. */
  now(): number;
  /** Resolves after the time, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
