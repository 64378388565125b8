import { until } from './wait.ts';

/** One number of a server's `/metrics`, such as `batchyard_event_loop_delay_seconds{quantile="0.99"}`. */
export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`there is no metric ${name}`);
  return Number(line.slice(name.length + 1));
}

/** The event loop's delay since it was last asked for, in milliseconds: DESIGN allows 20 at the 99th percentile. */
export async function eventLoopDelay(url: string, quantile: '0.5' | '0.9' | '0.99' = '0.99'): Promise<number> {
  return 1_000 * (await readMetric(url, `batchyard_event_loop_delay_seconds{quantile="${quantile}"}`));
}

/**
 * Waits until the server has been idle, and has collected its garbage `times` times since it started. Asks seldom: to be
 * asked is work, and between two questions it must be able to become idle.
 */
export async function waitForIdleCollections(url: string, times: number): Promise<void> {
  const ask = async () => (await readMetric(url, 'batchyard_idle_collections_total')) >= times;
  await until('the server to be idle', ask, { interval: 25_000 });
}
