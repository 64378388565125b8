import type { OperationClaims } from '../claims.ts';
import { podNodes, storedFieldsTest } from './wording.ts';

const stored = storedFieldsTest('RegisterJobDefinition');
const registered = {
  supported: 'every field of containerProperties, and of the definition around it, is read back exactly as given',
};
const parameters = {
  supported:
    "Ref:: parameters take the value submitted, else the definition's; unused ones are accepted, missing ones refused",
};
const integers = {
  supported: 'resources are overridden by integers over integers, each shown in the form it was given',
};
const command = { supported: 'quotes in a command are literal: no shell comes between' };
const environment = { supported: 'variables of a submission are added to those of the definition, and win over them' };
const volumes = {
  supported: 'a volume of the host is mounted where the definition says, and what the job writes there stays',
};
const swap = { supported: 'is swap beyond its memory where the host can limit it, and words where it cannot' };
const limited = { supported: 'a temporary file system and a ulimit are as the definition says' };
const user = {
  supported: "the guide's fetch_and_run job runs as nobody with its variables, and its command can be replaced",
};
const jobRole = {
  supported: 'the JavaScript SDK in a job says who it is, submits a job, and is refused what a job may not do',
  but: 'a role that IAM does not have may do what a fixed list says, or nothing, as `iam.unstoredRoles` says',
};
const group = { supported: 'awslogs-group and awslogs-stream-prefix say where a job writes to' };
const retried = {
  supported: 'a failed attempt is retried while attempts remain, and every attempt stays with its own stream',
};
const rules = {
  supported: 'the first rule of evaluateOnExit whose conditions all hold decides; when none does, the job is retried',
};
const timedOut = {
  supported: "an attempt that outlives its timeout gets SIGTERM and ends FAILED with AWS's words, without a retry",
};

const task = {
  supported: 'the containers of a task run side by side, share its volumes, and each has a log of its own',
};
const ordered = {
  supported: 'containers wait for others to start, to end, or to succeed; the job is STARTING until all have started',
};
const essential = {
  supported: 'the first essential container that ends takes the others with it; a side-car says nothing of the outcome',
};

const nodes = {
  typed: {
    supported:
      'nodes run on instances of the type that their job names, and else on the smallest that holds the largest of them',
    but: 'environments that launch no instances take no notice of it',
  },
  licensed: {
    supported: 'a gang holds what its ranges need of consumable resources for all its nodes, and another waits for it',
  },
  described: { supported: 'a job of two nodes is described as AWS describes it: as a whole, and node by node' },
  nested: {
    supported: 'inner ranges override outer ones member by member, and an open range goes to the last node',
  },
  tasks: {
    supported: 'nodes of several containers have their logs by container, and their instance type where it was given',
  },
};

/** For what no engine of this version can give: the job says so. */
function failsAtStart(words: string) {
  return {
    failsAtStart: words,
    test: 'a job of a definition that asks for what this version cannot give fails at start, in the words of the coverage table',
  };
}

const secrets = { supported: 'a job has its secrets as variables, in every form that names them' };

const machine = {
  supported: 'a job for another architecture than the machine has waits, and says so',
  but: 'no engine has Windows: such a job waits for ever',
};

/** RegisterJobDefinition. The process engine runs a definition for Fargate as it runs one for EC2. */
export const definitionClaims = {
  jobDefinitionName: registered,
  type: { supported: 'a job of two nodes is described as AWS describes it: as a whole, and node by node' },
  parameters,
  schedulingPriority: stored,
  containerProperties: registered,
  'containerProperties.image': {
    supported: 'a mapped image is a job’s root, and jobs do not change it',
    but: 'on the process engine an image that the operator has not mapped is the host itself, or refused',
  },
  'containerProperties.vcpus': integers,
  'containerProperties.memory': integers,
  'containerProperties.command': command,
  'containerProperties.jobRoleArn': jobRole,
  'containerProperties.executionRoleArn': stored,
  'containerProperties.volumes': volumes,
  'containerProperties.volumes[].name': {
    supported: 'is a volume of its own, empty at first, shared by its containers and gone after its end',
  },
  'containerProperties.volumes[].host.sourcePath': {
    ...volumes,
    but: 'without one the volume lasts as long as the task; without a sandbox the job then fails at start and says so',
  },
  'containerProperties.volumes[].efsVolumeConfiguration': {
    supported: 'a file system of EFS is the directory that the operator names, or one below it',
    but: 'one that the operator names no directory for fails the job at start, in words',
  },
  'containerProperties.volumes[].efsVolumeConfiguration.transitEncryption': stored,
  'containerProperties.volumes[].efsVolumeConfiguration.transitEncryptionPort': stored,
  'containerProperties.volumes[].efsVolumeConfiguration.authorizationConfig.iam': stored,
  'containerProperties.volumes[].efsVolumeConfiguration.authorizationConfig.accessPointId': {
    supported: 'an access point is made as the operator says, and its jobs see it alone',
    but: 'files belong to the user of the job, not to that of the access point',
  },
  'containerProperties.volumes[].s3filesVolumeConfiguration': failsAtStart('S3 file systems cannot be mounted here'),
  'containerProperties.environment': environment,
  'containerProperties.mountPoints': volumes,
  'containerProperties.mountPoints[].readOnly': { supported: 'is mounts of allowed paths, read-only if asked' },
  'containerProperties.readonlyRootFilesystem': {
    supported: 'is nothing to write to with a read-only root file system, but its mounts',
    but: 'where there is no sandbox the job fails at start and says so',
  },
  'containerProperties.privileged': {
    supported: 'a job of a loopback server runs without what no process can be given, and says so where it is asked',
    but: 'a process gets no more rights: on a server that is not on loopback, or with process.ungranted refuse, it fails at start; the docker engine gives them with docker.privileged only',
  },
  'containerProperties.ulimits': limited,
  'containerProperties.user': { ...user, but: 'a server that is not root can run jobs only as its own user' },
  'containerProperties.instanceType': {
    refused: 'ClientException: instanceType is only applicable for multi-node parallel jobs.',
  },
  'containerProperties.resourceRequirements': {
    supported: 'GPUs are whole, each one job’s alone, and a job without any is told so',
    but: 'where there are fewer GPUs than it asks for the job waits RUNNABLE and says so',
  },
  'containerProperties.linuxParameters': stored,
  'containerProperties.linuxParameters.devices': {
    supported: 'a device of the host is seen where the definition says, and no other than the operator allows',
    but: 'on the process engine the permissions are those of the device itself',
  },
  'containerProperties.linuxParameters.tmpfs': limited,
  'containerProperties.linuxParameters.tmpfs[].size': { supported: 'is tmpfs of the size it asks for' },
  'containerProperties.linuxParameters.tmpfs[].mountOptions': {
    supported: 'is tmpfs with the mount options it asks for, and words for the others',
  },
  'containerProperties.linuxParameters.sharedMemorySize': { supported: 'is shared memory of the size it asks for' },
  'containerProperties.linuxParameters.initProcessEnabled': {
    supported: 'is a first process that takes in orphans: none stays as a zombie',
    but: 'orphans are taken in with and without it',
  },
  'containerProperties.linuxParameters.maxSwap': swap,
  'containerProperties.linuxParameters.swappiness': swap,
  'containerProperties.logConfiguration': group,
  'containerProperties.logConfiguration.logDriver': {
    ...group,
    but: 'the process engine has awslogs alone: the output goes there, and with process.ungranted refuse the job fails at start; the docker engine hands those of its daemon on as they are',
  },
  'containerProperties.logConfiguration.options': {
    ...group,
    but: 'mode and max-buffer-size change nothing with the docker engine, whose daemon takes all output; `batchyard explain` says so',
  },
  'containerProperties.logConfiguration.secretOptions': {
    supported:
      'output goes to another log driver with its options, and those that were secret, and then to no stream of ours',
    but: 'awslogs needs none, and the process engine has awslogs alone',
  },
  'containerProperties.secrets': secrets,
  'containerProperties.networkConfiguration': stored,
  'containerProperties.fargatePlatformConfiguration': stored,
  'containerProperties.enableExecuteCommand': {
    ...stored,
    but: 'only false has an effect: batchyard exec runs no command in such a job',
  },
  'containerProperties.ephemeralStorage': stored,
  'containerProperties.runtimePlatform': machine,
  'containerProperties.repositoryCredentials': {
    ...stored,
    but: 'the process engine pulls no images, which `batchyard explain` says',
  },
  nodeProperties: { supported: 'a definition of nodes comes back as it was given, with the defaults of AWS' },
  'nodeProperties.numNodes': nodes.described,
  'nodeProperties.mainNode': nodes.described,
  'nodeProperties.nodeRangeProperties[].targetNodes': nodes.nested,
  'nodeProperties.nodeRangeProperties[].container': { ...nodes.nested, but: 'as `containerProperties`' },
  'nodeProperties.nodeRangeProperties[].container.instanceType': nodes.typed,
  'nodeProperties.nodeRangeProperties[].ecsProperties': { ...nodes.tasks, but: 'as `ecsProperties`' },
  'nodeProperties.nodeRangeProperties[].instanceTypes': {
    ...nodes.typed,
    supported:
      'a submission names another type for the nodes, also for those that are tasks, and a later environment of the queue may launch it',
  },
  'nodeProperties.nodeRangeProperties[].eksProperties': podNodes,
  'nodeProperties.nodeRangeProperties[].consumableResourceProperties': nodes.licensed,
  retryStrategy: retried,
  'retryStrategy.evaluateOnExit': rules,
  propagateTags: { ...stored, but: 'more than 50 tags to propagate fail the job, as on AWS' },
  timeout: timedOut,
  tags: {
    supported:
      'environments, queues, definitions and jobs are tagged at creation and after, and a tag given again is replaced',
  },
  platformCapabilities: {
    supported: 'a definition for Fargate runs only in a queue of Fargate environments, and one for EC2 only elsewhere',
    but: 'MANAGED_INSTANCES is refused: platformCapabilities MANAGED_INSTANCES is not supported by this version of Batchyard.',
  },
  eksProperties: { ...stored, but: 'its jobs wait RUNNABLE: no Kubernetes engine is configured' },
  ecsProperties: {
    ...task,
    but: 'what of containerProperties fails at start does so here too; so does firelensConfiguration, and ipcMode and pidMode host where the operator does not allow it',
  },
  'ecsProperties.taskProperties[].executionRoleArn': stored,
  'ecsProperties.taskProperties[].taskRoleArn': stored,
  'ecsProperties.taskProperties[].platformVersion': stored,
  'ecsProperties.taskProperties[].networkConfiguration': stored,
  'ecsProperties.taskProperties[].ephemeralStorage': stored,
  'ecsProperties.taskProperties[].enableExecuteCommand': {
    ...stored,
    but: 'only false has an effect: batchyard exec runs no command in such a job',
  },
  'ecsProperties.taskProperties[].runtimePlatform': machine,
  'ecsProperties.taskProperties[].containers[].dependsOn': ordered,
  'ecsProperties.taskProperties[].containers[].secrets': secrets,
  'ecsProperties.taskProperties[].containers[].essential': essential,
  consumableResourceProperties: {
    supported:
      'a job waits RUNNABLE until what it needs of a consumable resource is free, and says for what, how much and for whom',
  },
} satisfies OperationClaims;
