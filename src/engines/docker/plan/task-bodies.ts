import type { InstallationId, TaskId } from '../../../core/ids.ts';
import type { TaskSpec } from '../../contract.ts';
import { daemonPlaces } from '../../daemon-places.ts';
import type { DaemonFacts } from '../daemon/daemon-facts.ts';
import type { ImagePulls } from '../images/image-pulls.ts';
import type { CompiledOptions } from '../options.ts';
import { labels, volumeName } from '../task/container-names.ts';
import type { TaskRecord } from '../task/task-record.ts';
import { containerBody } from './container-body.ts';
import type { MountRules } from './mount-sources.ts';
import type { Namespaces } from './namespaces.ts';

export interface BodiesOptions {
  readonly options: CompiledOptions;
  readonly images: ImagePulls;
  readonly facts: DaemonFacts | undefined;
  readonly namespaces: Namespaces;
  /** Of the daemon: no container sees it. */
  readonly socket: string;
}

/** The bodies of a task's containers, in their order. Throws `CannotStart` for what is not allowed here. */
export function taskBodies(
  spec: TaskSpec,
  record: TaskRecord,
  { options, images, facts, namespaces, socket }: BodiesOptions,
): readonly object[] {
  const { installationId } = options.session;
  const rules = mountRules(options, socket);
  const volumes = volumesOf(installationId, spec.taskId, record.volumes ?? []);
  let nextGpu = 0;
  return spec.containers.map((container, index) => {
    const gpuIds = (record.gpuIds ?? []).slice(nextGpu, nextGpu + container.gpus);
    nextGpu += container.gpus;
    return containerBody(container, {
      image: images.nameOf(container.image),
      labels: {
        [labels.installation]: installationId,
        [labels.task]: spec.taskId,
        [labels.index]: String(index),
        [labels.container]: container.name,
        ...(index === 0 ? { [labels.record]: JSON.stringify(record) } : {}),
      },
      namespaces,
      volumes,
      gpuIds,
      options,
      rules,
      facts,
    });
  });
}

/** What volumes may show where the daemon listens at this socket. */
export function mountRules({ hostPaths, dataDirectory }: CompiledOptions, socket: string): MountRules {
  return { hostPaths, neverMounted: [dataDirectory, socket, ...daemonPlaces] };
}

/** Names at the daemon of a task's own volumes, by what its containers call them. */
export function volumesOf(
  installation: InstallationId,
  taskId: TaskId,
  volumes: readonly string[],
): ReadonlyMap<string, string> {
  return new Map(volumes.map((volume, number) => [volume, volumeName(installation, taskId, number)]));
}
