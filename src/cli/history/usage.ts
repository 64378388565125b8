import type { ListUsageOutput, UsageGroup, UsageKind } from '../../services/batch/index.ts';
import type { ServerCalls } from '../client/client.ts';

/** The sums of all pages, the most vCPU hours first. */
export async function readUsage(
  client: ServerCalls,
  by: UsageKind,
  since: number,
): Promise<Pick<ListUsageOutput, 'from' | 'groups'>> {
  const groups = new Map<string, UsageGroup>();
  let nextToken: string | undefined;
  let from = since;
  do {
    const page: ListUsageOutput = await client.extension<ListUsageOutput>('ListUsage', {
      by,
      since,
      ...(nextToken && { nextToken }),
    });
    for (const group of page.groups) {
      const { ended: _ended, running: _running, ...key } = group;
      const text = JSON.stringify(key);
      const known = groups.get(text);
      groups.set(text, known ? sumOf(known, group) : group);
    }
    ({ from, nextToken } = page);
  } while (nextToken);
  return { from, groups: [...groups.values()].map(rounded).sort((a, b) => vcpuSeconds(b) - vcpuSeconds(a)) };
}

/** To thousandths: sums of fractions end in noise. */
function rounded(group: UsageGroup): UsageGroup {
  return { ...group, ended: roundedSums(group.ended), running: roundedSums(group.running) };
}

function roundedSums<Sums extends Readonly<Record<keyof Sums, number>>>(sums: Sums): Sums {
  const names = Object.keys(sums) as (keyof Sums)[];
  return Object.fromEntries(names.map((name) => [name, Math.round(sums[name] * 1_000) / 1_000])) as Sums;
}

function sumOf(one: UsageGroup, other: UsageGroup): UsageGroup {
  const peakMemoryBytes = Math.max(one.ended.peakMemoryBytes, other.ended.peakMemoryBytes);
  const ended = { ...addedUp(one.ended, other.ended), peakMemoryBytes };
  return { ...one, ended, running: addedUp(one.running, other.running) };
}

function addedUp<Sums extends Readonly<Record<keyof Sums, number>>>(one: Sums, other: Sums): Sums {
  const names = Object.keys(one) as (keyof Sums)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as Sums;
}

export function vcpuSeconds({ ended, running }: UsageGroup): number {
  return ended.vcpuSeconds + running.vcpuSeconds;
}

export function memoryMiBSeconds({ ended, running }: UsageGroup): number {
  return ended.memoryMiBSeconds + running.memoryMiBSeconds;
}

export function gpuSeconds({ ended, running }: UsageGroup): number {
  return ended.gpuSeconds + running.gpuSeconds;
}
