import type {
  ContainerDetail,
  ContainerProperties,
  EcsTaskDetails,
  EcsTaskProperties,
  LinuxParameters,
  LogConfiguration,
  Secret,
  TaskContainerDetails,
  Volume,
} from '@aws-sdk/client-batch';
import type {
  ContainerRecord,
  LinuxRecord,
  LogRecord,
  NodeSpecification,
  SecretRecord,
  VolumeRecord,
} from '../../../core/job-specification.ts';
import { present } from '../../../core/present.ts';

/** AWS answers these lists empty where nothing was given (spec 05 §5). */
const emptyLists = {
  command: [],
  volumes: [],
  environment: [],
  mountPoints: [],
  ulimits: [],
  resourceRequirements: [],
  secrets: [],
} satisfies Pick<
  ContainerProperties,
  'command' | 'volumes' | 'environment' | 'mountPoints' | 'ulimits' | 'resourceRequirements' | 'secrets'
>;

/** `containerProperties` as DescribeJobDefinitions shows them. */
export function withEmptyLists(given: ContainerProperties): ContainerProperties {
  const { linuxParameters } = given;
  const linux = linuxParameters && { linuxParameters: withLinuxLists(linuxParameters) };
  return { ...emptyLists, ...withSecretOptions(given), ...linux };
}

/** Of a log configuration too (hashicorp/terraform-provider-aws pull request 16120). */
function withSecretOptions<Given extends { readonly logConfiguration?: LogConfiguration | undefined }>(
  given: Given,
): Given {
  const { logConfiguration } = given;
  return logConfiguration ? { ...given, logConfiguration: { secretOptions: [], ...logConfiguration } } : given;
}

/** The same of Linux parameters: what Terraform takes for equal where it compares a definition (`reduce` in its AWS provider). */
function withLinuxLists({ devices = [], tmpfs = [], ...others }: LinuxParameters): LinuxParameters {
  return {
    ...others,
    devices: devices.map((device) => ({ permissions: [], ...device })),
    tmpfs: tmpfs.map((mount) => ({ mountOptions: [], ...mount })),
  };
}

/** The `container` of DescribeJobs of a job that has one: what `container-record.ts` has kept, in AWS's words. */
export function containerDetailOf(node: NodeSpecification): ContainerDetail {
  const { fargate } = node;
  const [container] = node.containers;
  return {
    ...emptyLists,
    networkInterfaces: [],
    ...present({
      ...(container && ownDetail(container)),
      volumes: node.volumes?.map(volumeDetail),
      jobRoleArn: node.jobRole,
      instanceType: node.instanceType,
      fargatePlatformConfiguration: fargate && present({ platformVersion: fargate.platformVersion }),
      ...taskMembers(node),
    }),
  };
}

/** What both forms say of the task around the containers. */
function taskMembers({ executionRole, network, ephemeralStorageGiB, platform, executeCommand }: NodeSpecification) {
  return {
    executionRoleArn: executionRole,
    networkConfiguration: network && present({ assignPublicIp: network.publicIp }),
    ephemeralStorage: ephemeralStorageGiB === undefined ? undefined : { sizeInGiB: ephemeralStorageGiB },
    runtimePlatform:
      platform && present({ operatingSystemFamily: platform.operatingSystem, cpuArchitecture: platform.architecture }),
    enableExecuteCommand: executeCommand,
  };
}

function ownDetail(container: ContainerRecord): ContainerDetail {
  const { resources, registryCredentials } = container;
  return {
    image: container.image,
    command: container.command && [...container.command],
    environment: container.environment && [...container.environment],
    secrets: container.secrets?.map(secretDetail),
    vcpus: resources.vcpus,
    memory: resources.memoryMiB,
    resourceRequirements: resources.list && [...resources.list],
    user: container.user,
    mountPoints: container.mounts?.map(({ volume, target, readOnly }) =>
      present({ sourceVolume: volume, containerPath: target, readOnly }),
    ),
    ulimits: container.ulimits?.map(({ name, soft, hard }) => ({ name, softLimit: soft, hardLimit: hard })),
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    privileged: container.privileged,
    linuxParameters: container.linux && withLinuxLists(linuxDetail(container.linux)),
    logConfiguration: container.log && logDetail(container.log),
    repositoryCredentials:
      registryCredentials === undefined ? undefined : { credentialsParameter: registryCredentials },
  };
}

/** An element of `ecsProperties.taskProperties` as DescribeJobs shows it, but for what has become of it. */
export function taskDetailOf(node: NodeSpecification): EcsTaskDetails & { containers: TaskContainerDetails[] } {
  return {
    containers: node.containers.map(containerOfTask),
    volumes: (node.volumes ?? []).map(volumeDetail),
    ...present({
      taskRoleArn: node.jobRole,
      platformVersion: node.fargate?.platformVersion,
      ...taskMembers(node),
      ipcMode: node.ipcMode,
      pidMode: node.pidMode,
      networkMode: node.networkMode,
    }),
  };
}

function containerOfTask(container: ContainerRecord): TaskContainerDetails {
  const { volumes: _volumes, ...lists } = emptyLists;
  const { vcpus: _vcpus, memory: _memory, ...own } = ownDetail(container);
  return {
    ...lists,
    dependsOn: (container.dependsOn ?? []).map(({ container: containerName, condition }) => ({
      containerName,
      condition,
    })),
    essential: container.essential ?? true,
    networkInterfaces: [],
    ...present({
      ...own,
      name: container.name,
      firelensConfiguration: container.firelens && { ...container.firelens },
      startTimeout: container.startTimeoutSeconds,
      stopTimeout: container.stopTimeoutSeconds,
    }),
  };
}

/** `ecsProperties` as DescribeJobDefinitions shows them. */
export function taskWithEmptyLists(given: EcsTaskProperties): EcsTaskProperties {
  const { volumes: _volumes, ...lists } = emptyLists;
  const containers = (given.containers ?? []).map((container) => {
    return { ...lists, dependsOn: [], essential: true, ...withSecretOptions(container) };
  });
  return { volumes: [], ...given, containers };
}

function secretDetail({ name, from }: SecretRecord): Secret {
  return { name, valueFrom: from };
}

function volumeDetail({ name, host, efs, s3files }: VolumeRecord): Volume {
  return present({
    name,
    host: host && present({ sourcePath: host.path }),
    efsVolumeConfiguration: efs && efsDetail(efs),
    s3filesVolumeConfiguration: s3files,
  });
}

function efsDetail({ authorization, ...rest }: NonNullable<VolumeRecord['efs']>): Volume['efsVolumeConfiguration'] {
  return { ...rest, ...(authorization && { authorizationConfig: authorization }) };
}

function linuxDetail(linux: LinuxRecord): LinuxParameters {
  return present({
    devices: linux.devices?.map(({ source, target, permissions }) =>
      present({ hostPath: source, containerPath: target, permissions: permissions && [...permissions] }),
    ),
    initProcessEnabled: linux.init,
    sharedMemorySize: linux.sharedMemoryMiB,
    tmpfs: linux.temporaryFileSystems?.map(({ target, sizeMiB, options }) =>
      present({ containerPath: target, size: sizeMiB, mountOptions: options && [...options] }),
    ),
    maxSwap: linux.swapMiB,
    swappiness: linux.swappiness,
  });
}

function logDetail({ driver, options, secretOptions }: LogRecord): LogConfiguration {
  return present({
    // Checked when it was given.
    logDriver: driver as NonNullable<LogConfiguration['logDriver']>,
    options,
    secretOptions: (secretOptions ?? []).map(secretDetail),
  });
}
