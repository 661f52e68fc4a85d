import type { VirtualWorld } from './virtual-world.js';

/** Lets a world go on by itself, as fast as it can, beside code that lives in real time; until the function it returns is called. */
export function runFreely(world: VirtualWorld): () => void {
  let stopped = false;
  const step = () => {
    if (stopped) return;
    world.step();
    setImmediate(step);
  };
  setImmediate(step);
  return () => (stopped = true);
}
