import type { ContainerGround } from './container-grounds.ts';
import type { Stage } from './stage.ts';

interface Killed {
  readonly killsGround: boolean;
  readonly killsServer: boolean;
}

/** What runs jobs alone, the server alone, and both, in turn. */
export function whatIsKilled(turn: number): Killed {
  return { killsGround: turn % 3 !== 2, killsServer: turn % 3 !== 1 };
}

/** Starts what was killed, one after the other, or a server while its daemon starts. */
export async function bringBack(
  { server, workload, random }: Stage,
  ground: ContainerGround,
  { killsGround, killsServer }: Killed,
): Promise<void> {
  const backs = [killsGround ? () => ground.restart() : [], killsServer ? () => server.restart() : []].flat();
  // One after the other, or a server starts while its daemon does.
  const order = random.below(3);
  if (order === 2) await Promise.all(backs.map((back) => back()));
  else for (const back of order === 0 ? backs : backs.toReversed()) await back();
  await workload.takeUp();
}
