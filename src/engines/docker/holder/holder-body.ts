import type { InstallationId } from '../../../core/ids.ts';
import { labels } from '../task/container-names.ts';
import { holdingImage } from './holding-image.ts';
import type { SharingTask } from './sharing-task.ts';

/** The network that it holds. */
export interface HolderPlace {
  readonly network: string;
  readonly address: string;
  /** Lines of /etc/hosts, `name:address`. */
  readonly hosts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The body of the container that holds what a task's containers share: it has no right and nothing to do. A place in a network has
 * its /etc/hosts. Whatever it has of its own and nobody shares is not to be seen by them.
 */
export function holderBody(
  { taskId, ipc, sharedMemoryMiB }: SharingTask,
  installation: InstallationId,
  place?: HolderPlace,
): object {
  return {
    Image: holdingImage,
    // By this it is known among the machine's processes.
    Cmd: [taskId],
    Labels: { [labels.installation]: installation, [labels.task]: taskId, ...place?.labels },
    HostConfig: {
      NetworkMode: place?.network ?? 'none',
      ...(place ? { ExtraHosts: place.hosts } : {}),
      IpcMode: ipc === 'task' ? 'shareable' : 'private',
      ...(sharedMemoryMiB === undefined ? {} : { ShmSize: sharedMemoryMiB * 1024 ** 2 }),
      RestartPolicy: { Name: 'no' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      PidsLimit: 8,
      LogConfig: { Type: 'none', Config: {} },
      OomScoreAdj: 500,
    },
    ...(place
      ? { NetworkingConfig: { EndpointsConfig: { [place.network]: { IPAMConfig: { IPv4Address: place.address } } } } }
      : {}),
  };
}
