import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { ContainerUsage } from '../../../engines/index.ts';
import type { MeasuredTask } from '../yard/index.ts';

/** What a task used since it was last looked at; what is not known is absent. */
export interface TaskRates {
  /** CPU units: a vCPU is 1,024. */
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  /** A second. */
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
  /** Since the last look. */
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}

/** One that began so recently has used all that it has used since. */
const fresh: Milliseconds = 120_000;
const mebi = 2 ** 20;

/** Makes of what tasks have used so far what they used between two looks. */
export class ContainerRates {
  #last = new Map<string, ContainerUsage>();
  #current = new Map<string, ContainerUsage>();

  /** A look begins: what is not looked at in it is forgotten. */
  turn(): void {
    this.#last = this.#current;
    this.#current = new Map();
  }

  /** What a task used since the look before, or since it began. */
  of({ taskId, startedAt, containers }: MeasuredTask): TaskRates {
    const networks = new Set<string>();
    const parts = containers.map((usage) => {
      const key = `${taskId} ${usage.name}`;
      const since = this.#last.get(key) ?? began(usage, startedAt);
      this.#current.set(key, usage);
      const isShared = usage.network !== undefined && networks.has(usage.network.id);
      if (usage.network) networks.add(usage.network.id);
      return ratesBetween(since, usage, isShared);
    });
    return Object.fromEntries(members.flatMap((name) => sumOf(name, parts))) as TaskRates;
  }
}

const members = ['cpuUnits', 'memoryMiB', 'receivedBytes', 'sentBytes', 'readBytes', 'writtenBytes'] as const;

function sumOf(name: keyof TaskRates, parts: readonly TaskRates[]): (readonly [string, number])[] {
  const known = parts.flatMap((part) => part[name] ?? []);
  return known.length === 0 ? [] : [[name, known.reduce((sum, each) => sum + each, 0)]];
}

/** A container when its task began, if that is not so long ago that this would tell of another time. */
function began(
  { name, at, storage, network, cpuSeconds }: ContainerUsage,
  startedAt: EpochMilliseconds | undefined,
): ContainerUsage | undefined {
  if (startedAt === undefined || at - startedAt > fresh) return undefined;
  return {
    ...{ name, at: startedAt },
    ...(cpuSeconds === undefined ? {} : { cpuSeconds: 0 }),
    ...(storage && { storage: { readBytes: 0, writtenBytes: 0 } }),
    ...(network && { network: { id: network.id, receivedBytes: 0, sentBytes: 0 } }),
  };
}

function ratesBetween(since: ContainerUsage | undefined, now: ContainerUsage, isShared: boolean): TaskRates {
  const memory = now.memoryBytes === undefined ? {} : { memoryMiB: now.memoryBytes / mebi };
  const seconds = since ? (now.at - since.at) / 1_000 : 0;
  if (!since || seconds <= 0) return memory;
  const grown = (before: number, after: number) => Math.max(0, after - before);
  const isSameNetwork = now.network && now.network.id === since.network?.id && !isShared;
  return {
    ...memory,
    ...(now.cpuSeconds !== undefined &&
      since.cpuSeconds !== undefined && { cpuUnits: (grown(since.cpuSeconds, now.cpuSeconds) / seconds) * 1_024 }),
    ...(now.storage &&
      since.storage && {
        readBytes: grown(since.storage.readBytes, now.storage.readBytes),
        writtenBytes: grown(since.storage.writtenBytes, now.storage.writtenBytes),
      }),
    ...(isSameNetwork &&
      since.network && {
        receivedBytes: grown(since.network.receivedBytes, now.network?.receivedBytes ?? 0) / seconds,
        sentBytes: grown(since.network.sentBytes, now.network?.sentBytes ?? 0) / seconds,
      }),
  };
}
