import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { ContainerUsage, TaskUsage } from '../task-usage.ts';
import type { Daemon } from './daemon/daemon.ts';
import { dockerLimits } from './docker-limits.ts';
import type { DockerContainer } from './task/docker-container.ts';
import type { DockerTask } from './task/docker-task.ts';

const statsAnswer = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({
    usage: z.number().nullish(),
    max_usage: z.number().nullish(),
    stats: z.record(z.string(), z.number()).nullish(),
  }),
  /** Absent where it has the network of the host, or of another container. */
  networks: z.record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number() })).nullish(),
  blkio_stats: z
    .object({ io_service_bytes_recursive: z.array(z.object({ op: z.string(), value: z.number() })).nullish() })
    .nullish(),
});

/** What the containers of tasks use that run, all asked at once. */
export async function usageOf(
  tasks: readonly DockerTask[],
  daemon: Daemon,
  clock: Clock,
): Promise<readonly TaskUsage[]> {
  const running = tasks.filter(({ state }) => state === 'running');
  return Promise.all(
    running.map(async (task) => {
      const measured = await Promise.all((await task.alive()).map((container) => measure(container, daemon, clock)));
      return { taskId: task.taskId, containers: measured.flatMap((each) => each ?? []) };
    }),
  ).then((usages) => usages.filter(({ containers }) => containers.length > 0));
}

async function measure(
  { id, name }: DockerContainer,
  daemon: Daemon,
  clock: Clock,
): Promise<ContainerUsage | undefined> {
  const query = { stream: 'false', 'one-shot': 'true' };
  const call = { method: 'GET', path: `/containers/${id}/stats`, query, within: dockerLimits.statsMs } as const;
  const answer = await daemon.json(call).catch(() => undefined); // it has ended meanwhile, or is not told in time
  const stats = statsAnswer.safeParse(answer).data;
  if (!stats) return undefined;
  const { usage, max_usage: peak, stats: parts } = stats.memory_stats;
  const cache = parts?.total_inactive_file ?? parts?.inactive_file ?? 0;
  return {
    name,
    at: clock.now(),
    cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
    ...(usage ? { memoryBytes: Math.max(0, usage - cache) } : {}),
    ...(peak ? { peakMemoryBytes: peak } : {}),
    ...storageOf(stats),
    ...networkOf(id, stats),
  };
}

type Stats = z.infer<typeof statsAnswer>;

/** A daemon that cannot tell names no operations; one that can names them even before the first byte. */
function storageOf({ blkio_stats: block }: Stats): Pick<ContainerUsage, 'storage'> {
  const all = block?.io_service_bytes_recursive;
  if (!all) return {};
  const sum = (name: string) =>
    all.reduce((bytes, { op, value }) => bytes + (op.toLowerCase() === name ? value : 0), 0);
  return { storage: { readBytes: sum('read'), writtenBytes: sum('write') } };
}

function networkOf(id: string, { networks }: Stats): Pick<ContainerUsage, 'network'> {
  const all = Object.values(networks ?? {});
  if (all.length === 0) return {};
  const receivedBytes = all.reduce((bytes, { rx_bytes: each }) => bytes + each, 0);
  const sentBytes = all.reduce((bytes, { tx_bytes: each }) => bytes + each, 0);
  return { network: { id, receivedBytes, sentBytes } };
}
