import type { ContainerRecord, NodeSpecification, VolumeRecord } from '../../../core/job-specification.ts';
import type { EngineCapabilities, Shareable, SharedWith } from '../../../engines/index.ts';
import { optionProblem } from '../definition/awslogs-options.ts';

/** What a task, or that of a node, asks for that its engine cannot give, in words; undefined if nothing. */
export function unmetDemand(
  node: NodeSpecification,
  capabilities: EngineCapabilities,
  isNode: boolean,
): string | undefined {
  return (
    unmetByTask(node, capabilities) ??
    firstWords(node.volumes ?? [], (volume) => unmetVolume(volume, capabilities)) ??
    firstWords(node.containers, (container) => unmetByContainer(container, capabilities)) ??
    (isNode ? unmetByNode(capabilities) : undefined)
  );
}

function unmetByNode(can: EngineCapabilities): string | undefined {
  return can.nodes ? undefined : 'nodes of multi-node parallel jobs cannot reach each other here, and do not start';
}

function unmetByTask(node: NodeSpecification, can: EngineCapabilities): string | undefined {
  const { containers, ipcMode, pidMode, pod } = node;
  // Where the environments of a queue were replaced while a pod waited in it.
  if (pod) return 'pods of Kubernetes cannot run here';
  if (containers.length > can.containers) return `only ${can.containers} containers of a task can run here`;
  const waits = containers.some(({ dependsOn = [] }) => dependsOn.length > 0);
  if (waits && !can.containerOrder) return 'containers cannot wait for each other here (dependsOn)';
  return unshared('ipc', ipcMode === 'none' ? undefined : ipcMode, can) ?? unshared('pid', pidMode, can);
}

function unshared(what: Shareable, mode: SharedWith | undefined, can: EngineCapabilities): string | undefined {
  const why = mode && can.unshared[what][mode];
  return why === undefined ? undefined : `${what}Mode ${mode} is not available here: ${why}`;
}

function unmetVolume({ name, host, efs, s3files }: VolumeRecord, can: EngineCapabilities): string | undefined {
  if (efs && !can.volumes.includes('efs')) return `volume ${name}: EFS file systems cannot be mounted here`;
  if (s3files && !can.volumes.includes('s3files')) return `volume ${name}: S3 file systems cannot be mounted here`;
  if (host?.path && !can.volumes.includes('host')) return `volume ${name}: paths of the host cannot be mounted here`;
  return undefined;
}

function unmetByContainer(container: ContainerRecord, can: EngineCapabilities): string | undefined {
  const { log, secrets, linux, firelens } = container;
  if (firelens) return `firelensConfiguration is not available here: no container routes the logs of others`;
  const driver = log?.driver ?? 'awslogs';
  if (!can.logDrivers.includes(driver) && !can.leavesOut) {
    return `log driver ${driver} is not available here, only ${can.logDrivers.join(', ')}`;
  }
  // Definitions of before these were looked at may have wrong ones.
  const problem = driver === 'awslogs' ? optionProblem(log?.options ?? {}) : undefined;
  if (problem !== undefined) return problem;
  if (secrets?.length && !can.secrets) return 'secrets cannot be kept from files here';
  if (linux?.devices?.length && !can.devices)
    return 'devices of the host cannot be shown here (linuxParameters.devices)';
  return undefined;
}

function firstWords<Item>(items: readonly Item[], words: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = words(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
