/**
 * npm's shell passes no SIGTERM on: whoever ends npm means this process, which must not live on without a parent.
 * One that was told to end itself is not told again: a second signal would not let it end in good order.
 */
export function stopWithNpm() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      clearInterval(watch);
      // Nobody else listens yet: it ends the process, as it would have without this.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
}
