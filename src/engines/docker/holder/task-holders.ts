import { z } from 'zod';
import type { InstallationId, TaskId } from '../../../core/ids.ts';
import { cannotStartContainer } from '../cannot-start.ts';
import type { ContainerApi } from '../daemon/container-api.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { isRefusal } from '../daemon/daemon-errors.ts';
import { dockerLimits } from '../docker-limits.ts';
import { holderName } from '../task/container-names.ts';
import { type HolderPlace, holderBody } from './holder-body.ts';
import { holdingArchive } from './holding-image.ts';
import type { SharingTask } from './sharing-task.ts';

/** What holders are made with. */
export interface TaskHoldersOptions {
  readonly installation: InstallationId;
  readonly daemon: Daemon;
  readonly api: ContainerApi;
}

/**
 * Containers that only wait, one for each task whose containers share a network of their own, ipc or processes: it has them
 * before any container of the job's is there, and keeps them for all. Each call rejects as `Daemon`'s do, and may be repeated.
 */
export class TaskHolders {
  readonly #options: TaskHoldersOptions;

  constructor(options: TaskHoldersOptions) {
    this.#options = options;
  }

  nameOf(taskId: TaskId): string {
    return holderName(this.#options.installation, taskId);
  }

  /** Makes and starts that of a task. Rejects with `CannotStart` where the machine's architecture is unknown, too. */
  async open(task: SharingTask, place?: HolderPlace): Promise<void> {
    const { installation, api } = this.#options;
    const name = this.nameOf(task.taskId);
    const body = holderBody(task, installation, place);
    try {
      await api.create(name, body);
    } catch (error) {
      if (!isRefusal(error, 404)) throw error;
      await this.#loadImage();
      await api.create(name, body);
    }
    await api.start(name);
  }

  /** Takes it away: with it end all processes that its task still has, if they were shared. */
  async remove(taskId: TaskId): Promise<void> {
    await this.#options.api.remove(this.nameOf(taskId));
  }

  /** It may have been pruned since the last time. */
  async #loadImage(): Promise<void> {
    const { daemon } = this.#options;
    const answer = await daemon.json({ method: 'GET', path: '/version' });
    const { Arch } = z.object({ Arch: z.string() }).parse(answer);
    const body = holdingArchive(Arch);
    if (!body) throw cannotStartContainer(`containers that share with each other do not run on ${Arch} yet`);
    const headers = { 'content-type': 'application/x-tar' };
    await daemon.json({ method: 'POST', path: '/images/load', body, headers, within: dockerLimits.createMs });
  }
}
