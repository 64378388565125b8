import type {
  ContainerDependency,
  ContainerRecord,
  ContainerResources,
  LinuxRecord,
  LogRecord,
  NodeSpecification,
  SecretRecord,
  VariableRecord,
  VolumeRecord,
} from '../../../core/job-specification.ts';
import { present } from '../../../core/present.ts';
import type { Requirements } from './resources.ts';
import type { Container, Task, TaskContainer } from './schema.ts';

type Given<Member extends keyof Container> = NonNullable<Container[Member]>;

/** `containerProperties` that have been checked, as a node of one container. An empty list is as good as none. */
export function nodeOf(given: Container): NodeSpecification {
  const { fargatePlatformConfiguration: fargate } = given;
  return present({
    containers: [containerOf(given)],
    jobRole: given.jobRoleArn,
    instanceType: given.instanceType,
    fargate: fargate && present({ platformVersion: fargate.platformVersion }),
    ...taskMembers(given),
  });
}

/** What both forms say of the task around the containers. */
function taskMembers(given: Container | Task) {
  const { networkConfiguration: network, runtimePlatform: platform } = given;
  return {
    volumes: listOf(given.volumes, volumeOf),
    executionRole: given.executionRoleArn,
    network: network && present({ publicIp: network.assignPublicIp }),
    ephemeralStorageGiB: given.ephemeralStorage?.sizeInGiB,
    platform:
      platform && present({ operatingSystem: platform.operatingSystemFamily, architecture: platform.cpuArchitecture }),
    executeCommand: given.enableExecuteCommand,
  };
}

/** A checked task of `ecsProperties`. */
export function nodeOfTask(given: Task): NodeSpecification {
  const { platformVersion } = given;
  return present({
    containers: given.containers.map(namedContainer),
    jobRole: given.taskRoleArn,
    fargate: platformVersion === undefined ? undefined : { platformVersion },
    ...taskMembers(given),
    isTask: true as const,
    // Checked.
    ipcMode: given.ipcMode as NodeSpecification['ipcMode'],
    pidMode: given.pidMode as NodeSpecification['pidMode'],
    networkMode: given.networkMode,
  });
}

function namedContainer(given: TaskContainer): ContainerRecord {
  const { firelensConfiguration: firelens } = given;
  return {
    ...containerOf(given),
    ...present({
      name: given.name,
      essential: given.essential,
      dependsOn: listOf(given.dependsOn, dependencyOf),
      firelens: firelens && present(firelens),
      startTimeoutSeconds: given.startTimeout,
      stopTimeoutSeconds: given.stopTimeout,
    }),
  };
}

function dependencyOf({ containerName = '', condition }: NonNullable<TaskContainer['dependsOn']>[number]) {
  // Checked.
  return { container: containerName, condition: condition as ContainerDependency['condition'] };
}

function containerOf(given: Container): ContainerRecord {
  return present({
    image: given.image ?? '',
    command: listOf(given.command, (element) => element),
    environment: environmentOf(given.environment),
    secrets: listOf(given.secrets, secretOf),
    resources: resourcesRecord(given),
    user: given.user,
    mounts: listOf(given.mountPoints, ({ sourceVolume = '', containerPath = '', readOnly }) =>
      present({ volume: sourceVolume, target: containerPath, readOnly }),
    ),
    ulimits: listOf(given.ulimits, ({ name, softLimit, hardLimit }) => ({ name, soft: softLimit, hard: hardLimit })),
    readonlyRootFilesystem: given.readonlyRootFilesystem,
    privileged: given.privileged,
    linux: given.linuxParameters && linuxOf(given.linuxParameters),
    log: given.logConfiguration && logOf(given.logConfiguration),
    registryCredentials: given.repositoryCredentials?.credentialsParameter,
  });
}

/** Checked variables, as they are kept. */
export function environmentOf(given: Container['environment']): readonly VariableRecord[] | undefined {
  return listOf(given, ({ name = '', value }) => present({ name, value }));
}

/** What is asked for, in the form in which it was given. */
export function resourcesRecord(given: Requirements): ContainerResources {
  const list = listOf(given.resourceRequirements, ({ type, value }) => ({ type, value }));
  return present({ vcpus: given.vcpus, memoryMiB: given.memory, list });
}

/** The same as a request has it. */
export function requirementsOf({ vcpus, memoryMiB, list }: ContainerResources): Requirements {
  return { vcpus, memory: memoryMiB, resourceRequirements: list?.map((requirement) => ({ ...requirement })) };
}

function secretOf({ name, valueFrom }: Given<'secrets'>[number]): SecretRecord {
  return { name, from: valueFrom };
}

function volumeOf(given: Given<'volumes'>[number]): VolumeRecord {
  const { name, host, efsVolumeConfiguration: efs, s3filesVolumeConfiguration: s3files } = given;
  return present({
    name,
    host: host && present({ path: host.sourcePath }),
    efs:
      efs &&
      present({
        fileSystemId: efs.fileSystemId,
        rootDirectory: efs.rootDirectory,
        transitEncryption: efs.transitEncryption,
        transitEncryptionPort: efs.transitEncryptionPort,
        authorization: efs.authorizationConfig && present(efs.authorizationConfig),
      }),
    s3files: s3files && present(s3files),
  });
}

function linuxOf(given: Given<'linuxParameters'>): LinuxRecord {
  return present({
    devices: given.devices?.map(({ hostPath, containerPath, permissions }) =>
      present({ source: hostPath, target: containerPath, permissions }),
    ),
    init: given.initProcessEnabled,
    sharedMemoryMiB: given.sharedMemorySize,
    temporaryFileSystems: given.tmpfs?.map(({ containerPath, size, mountOptions }) =>
      present({ target: containerPath, sizeMiB: size, options: mountOptions }),
    ),
    swapMiB: given.maxSwap,
    swappiness: given.swappiness,
  });
}

function logOf({ logDriver, options, secretOptions }: Given<'logConfiguration'>): LogRecord {
  return present({ driver: logDriver, options, secretOptions: secretOptions?.map(secretOf) });
}

/** The list kept; an empty one is none. */
export function listOf<Element, Kept>(
  list: readonly Element[] | undefined,
  keep: (element: Element) => Kept,
): readonly Kept[] | undefined {
  return list && list.length > 0 ? list.map(keep) : undefined;
}
