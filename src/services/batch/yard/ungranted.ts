import { normalize } from 'node:path/posix';
import type { ContainerRecord, NodeSpecification } from '../../../core/job-specification.ts';
import type { EngineCapabilities } from '../../../engines/index.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';

/** What the containers of a task ask for and run without on an engine, in words; each once. */
export function ungrantedOf(node: NodeSpecification, can: EngineCapabilities): readonly string[] {
  return [...new Set(node.containers.flatMap((container) => ungrantedBy(container, node, can)))];
}

/** The same on the engine of the first environment of a queue. */
export function ungrantedIn(
  node: NodeSpecification,
  jobQueueArn: string,
  { queues, engines }: { readonly queues: QueueModel; readonly engines: TaskEngines },
): readonly string[] {
  const [first] = queues.queue(jobQueueArn)?.computeEnvironmentOrder ?? [];
  const kind = first && queues.engineOf(first.computeEnvironment);
  const capabilities = kind && engines.description(kind)?.capabilities;
  return capabilities ? ungrantedOf(node, capabilities) : [];
}

/** The same of one container. Nothing where an engine refuses what it cannot give. */
export function ungrantedBy(
  { privileged, linux, log, mounts = [] }: ContainerRecord,
  node: Pick<NodeSpecification, 'volumes'>,
  can: EngineCapabilities,
): readonly string[] {
  if (!can.leavesOut) return [];
  const devices = (linux?.devices ?? []).filter(({ source }) => isLeftOut('device', source, can));
  const driver = log?.driver ?? 'awslogs';
  const volumes = mounts.flatMap(({ volume, target }) => {
    const path = pathOf(volume, node);
    return path !== undefined && isLeftOut('path', path, can) ? [`${path} at ${target}`] : [];
  });
  return [
    ...(privileged ? ['privileged: jobs have no rights of root here'] : []),
    ...devices.map(({ source }) => `device ${source}: it is not given to jobs`),
    ...(can.logDrivers.includes(driver) ? [] : [`log driver ${driver}: the output is in the log stream of the job`]),
    ...volumes.map((volume) => `volume ${volume}: this path is mounted for nobody`),
  ];
}

/** Whether an engine runs a container without a device or a path of the host that it asks for. */
export function isLeftOut(what: 'device' | 'path', path: string, { leavesOut }: EngineCapabilities): boolean {
  if (!leavesOut) return false;
  if (what === 'device') return !leavesOut.devicesBut.includes(path);
  return leavesOut.paths.some((left) => normalize(`${path}/`).startsWith(`${left}/`));
}

/** The host path of a volume, if it has one. */
export function pathOf(volume: string, { volumes = [] }: Pick<NodeSpecification, 'volumes'>): string | undefined {
  return volumes.find(({ name }) => name === volume)?.host?.path;
}
