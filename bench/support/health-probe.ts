import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks `/healthz` again and again on one connection, in a process of its own: nothing else delays what it measures. */
const [, , url = '', seconds = '1'] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const times: number[] = [];
for (const end = performance.now() + Number(seconds) * 1000; performance.now() < end; ) {
  const began = performance.now();
  await ask();
  times.push(performance.now() - began);
  await sleep(2);
}
agent.destroy();
process.send?.(times);
process.disconnect?.();

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    get(`${url}/healthz`, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`/healthz answered ${answer.statusCode}`)),
      );
    }).on('error', reject);
  });
}
