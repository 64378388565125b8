import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import { dockerLimits } from '../docker-limits.ts';
import type { Daemon } from './daemon.ts';
import { DaemonRefusal, isRefusal } from './daemon-errors.ts';

const inspected = z.object({
  Id: z.string(),
  Config: z.object({ StopSignal: z.string().nullish(), Labels: z.record(z.string(), z.string()).nullish() }),
  State: z.object({
    Status: z.string(),
    Pid: z.int().nullish(),
    ExitCode: z.int().nullish(),
    OOMKilled: z.boolean().nullish(),
    StartedAt: z.string().nullish(),
    FinishedAt: z.string().nullish(),
  }),
});

/** What the daemon knows of a container. */
export interface InspectedContainer {
  readonly id: string;
  /** `created`, `running`, `paused`, `exited`, ... */
  readonly status: string;
  /** Of its first process, as this machine counts; 0 if it has none. */
  readonly pid: number;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Absent: it has not. */
  readonly startedAt?: EpochMilliseconds;
  readonly finishedAt?: EpochMilliseconds;
  /** How its image wants to be stopped. */
  readonly stopSignal?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A wish to hear of a container's end. */
export interface ExitWait {
  /** Resolves once the container has stopped, or the connection has: with whether the daemon said how the container ended. */
  readonly over: Promise<boolean>;
  readonly isOver: boolean;
  drop(): void;
}

const topAnswer = z.object({ Processes: z.array(z.unknown()).nullish() });

const listed = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
);

export interface ListedContainer {
  readonly id: string;
  /** Empty where it has none, as one that is half removed. */
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What may be asked of the containers of a daemon. Each call rejects as `Daemon`'s do. */
export class ContainerApi {
  readonly #daemon: Daemon;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** The new container's id; `taken` when there is one of the name. */
  async create(name: string, body: object): Promise<string | 'taken'> {
    try {
      const call = {
        method: 'POST',
        path: '/containers/create',
        query: { name },
        within: dockerLimits.createMs,
      } as const;
      const answer = await this.#daemon.json({ ...call, body });
      return z.object({ Id: z.string() }).parse(answer).Id;
    } catch (error) {
      if (isRefusal(error, 409) || (isRefusal(error, 500) && /already in use/.test(error.message))) return 'taken';
      throw error;
    }
  }

  /** Does nothing for one that runs. */
  async start(id: string): Promise<void> {
    const call = { method: 'POST', path: `/containers/${id}/start`, within: dockerLimits.startMs } as const;
    await this.#daemon.json({ ...call, alone: true });
  }

  /** Resolves once the daemon has taken the wish down. */
  async wait(id: string, condition: 'next-exit' | 'not-running'): Promise<ExitWait> {
    const answer = await this.#daemon.stream({ method: 'POST', path: `/containers/${id}/wait`, query: { condition } });
    let said = '';
    const over = new Promise<boolean>((resolve) => {
      answer.once('close', () => resolve(/"StatusCode"/.test(said)));
      answer.on('error', () => {}); // 'close' follows, and the container is looked at
      answer.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-1024);
      });
    });
    return {
      over,
      get isOver() {
        return answer.destroyed;
      },
      drop: () => answer.destroy(),
    };
  }

  /** Undefined for one that the daemon does not have, or no longer whole. */
  async inspect(idOrName: string): Promise<InspectedContainer | undefined> {
    try {
      return inspectedOf(await this.#daemon.json({ method: 'GET', path: `/containers/${idOrName}/json` }));
    } catch (error) {
      if (isRefusal(error, 404) || isHalfRemoved(error)) return undefined;
      throw error;
    }
  }

  /**
   * Whether a Docker was there when the container ended: it tells of no end that it only found when it came back. It keeps no more
   * than its last 256 events, and none of before its start.
   */
  async wasThereAtEnd(id: string, now: EpochMilliseconds): Promise<boolean> {
    return this.#hasHad(id, 'die', now, dockerLimits.callMs);
  }

  /** Whether a Docker has told, or tells in a moment, that it ran out of memory: it may hear of that after the end that came of it. */
  async ranOutOfMemory(id: string, now: EpochMilliseconds): Promise<boolean> {
    const { outOfMemoryMs, callMs } = dockerLimits;
    if (await this.#hasHad(id, 'oom', now, callMs)) return true;
    return this.#hasHad(id, 'oom', now + outOfMemoryMs, outOfMemoryMs + callMs);
  }

  async #hasHad(id: string, event: string, until: EpochMilliseconds, within: Milliseconds): Promise<boolean> {
    const filters = JSON.stringify({ type: ['container'], container: [id], event: [event] });
    const query = { since: 1, until: until / 1000, filters };
    return (await this.#daemon.text({ method: 'GET', path: '/events', query, within })).trim() !== '';
  }

  /** Whether anything runs in one that is said to run, as the daemon's machine sees it: Podman says nothing where nothing does. */
  async hasProcesses(id: string): Promise<boolean> {
    try {
      const answer = await this.#daemon.json({ method: 'GET', path: `/containers/${id}/top` });
      return (topAnswer.safeParse(answer).data?.Processes?.length ?? 0) > 0;
    } catch (error) {
      if (error instanceof DaemonRefusal) return false;
      throw error;
    }
  }

  /** Does nothing for one that does not run. */
  async kill(id: string, signal: string): Promise<void> {
    await this.#unlessGone({ method: 'POST', path: `/containers/${id}/kill`, query: { signal } }, 404, 409);
  }

  /** With its anonymous volumes, whatever it does. */
  async remove(idOrName: string): Promise<void> {
    const query = { force: 1, v: 1 };
    const call = { method: 'DELETE', path: `/containers/${idOrName}`, query, within: dockerLimits.removeMs } as const;
    // 409: it is being removed already.
    await this.#unlessGone(call, 404, 409);
  }

  async removeVolume(name: string): Promise<void> {
    await this.#unlessGone({ method: 'DELETE', path: `/volumes/${name}`, query: { force: 1 } }, 404);
  }

  /** All that have the label, running or not. */
  async list(label: string): Promise<readonly ListedContainer[]> {
    const query = { all: 1, filters: JSON.stringify({ label: [label] }) };
    const answer = listed.parse(await this.#list(query));
    return answer.map(({ Id, Names, Labels }) => ({
      id: Id,
      // Docker has a slash before each, Podman's own list has none.
      names: (Names ?? []).map((name) => name.replace(/^\//, '')),
      labels: Labels ?? {},
    }));
  }

  /** One that is half removed, be it whose it may, is in Podman's own list, and breaks Docker's. */
  async #list(query: { readonly all: number; readonly filters: string }): Promise<unknown> {
    try {
      return await this.#daemon.json({ method: 'GET', path: '/containers/json', query });
    } catch (error) {
      if (!isHalfRemoved(error)) throw error;
      return this.#daemon.json({ method: 'GET', path: '/v4.0.0/libpod/containers/json', query });
    }
  }

  /** Output since that second, each piece with its time. One that follows: Podman answers nothing until there is some. */
  logs(id: string, since: number, follow: boolean, signal: AbortSignal): Promise<Readable> {
    const query = { stdout: 1, stderr: 1, timestamps: 1, since, follow: follow ? 1 : 0 };
    const within = follow ? 'ever' : dockerLimits.outputMs;
    return this.#daemon.stream({ method: 'GET', path: `/containers/${id}/logs`, query, signal, within });
  }

  async #unlessGone(call: Parameters<Daemon['json']>[0], ...statuses: readonly number[]): Promise<void> {
    try {
      await this.#daemon.json(call);
    } catch (error) {
      if (
        !isRefusal(error, ...statuses) &&
        !(isRefusal(error, 500) && /is not running|no such|no container/i.test(error.message))
      )
        throw error;
    }
  }
}

/** A Podman that was killed while it removed a container knows its name and no more, or has no files of it: it can only be removed again. */
function isHalfRemoved(error: unknown): boolean {
  return isRefusal(error, 500) && /(?:container|layer) not known/.test(error.message);
}

function inspectedOf(answer: unknown): InspectedContainer {
  const { Id, Config, State } = inspected.parse(answer);
  const [startedAt, finishedAt] = [timeOf(State.StartedAt), timeOf(State.FinishedAt)];
  return {
    id: Id,
    status: State.Status,
    pid: State.Pid ?? 0,
    exitCode: State.ExitCode ?? 0,
    oomKilled: State.OOMKilled ?? false,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(Config.StopSignal ? { stopSignal: Config.StopSignal } : {}),
    labels: Config.Labels ?? {},
  };
}

/** The year 1 stands for never. */
function timeOf(text: string | null | undefined): EpochMilliseconds | undefined {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) && time > 0 ? time : undefined;
}
