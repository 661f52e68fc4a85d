// A peer that works when it is told to, again and again, so that it is as warm as what it is compared with.
import { createServer } from 'node:http';

/** Says where it listens; `work` gets what is posted, and what it resolves to is the answer. */
export function answerRuns(work) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.end(JSON.stringify(await work(JSON.parse(Buffer.concat(chunks).toString()))));
  });
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
}

/** Time and CPU from the first to the last of `count` messages. */
export function stopwatch(count) {
  let [left, begun, cpu] = [count, 0, undefined];
  let done;
  const measured = new Promise((resolve) => (done = resolve));
  return {
    measured,
    begin: () => {
      if (cpu !== undefined) return;
      [begun, cpu] = [performance.now(), process.cpuUsage()];
    },
    add: (some = 1) => {
      left -= some;
      if (left > 0) return;
      const { user, system } = process.cpuUsage(cpu);
      done({ ms: performance.now() - begun, cpuMs: (user + system) / 1000 });
    },
  };
}
