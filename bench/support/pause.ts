import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every `interval` ms until `ask` answers something. Rejects after two minutes: then something hangs. */
export async function until<Answer>(
  what: string,
  interval: number,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer> {
  for (const end = performance.now() + 120_000; performance.now() < end; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(interval);
  }
  throw new Error(`waited in vain for ${what}`);
}

export { sleep };
