import type { ContainerInstance, RegisterContainerInstanceRequest } from '@aws-sdk/client-ecs';
import { nameOfArn } from '../../core/arn.ts';
import type { DescribedInstance } from '../../services/batch/index.ts';
import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation } from '../invocation.ts';
import { mebibytes } from '../job-flags.ts';
import { askedWords } from '../output/asked-words.ts';
import { Printer } from '../output/printer.ts';
import { wholeNumber } from '../whole-number.ts';

interface RegisterFlags extends ConnectionFlags {
  readonly environment: string;
  readonly vcpus?: string;
  readonly memory?: string;
  readonly gpus?: string;
  readonly name?: string;
  readonly json?: boolean;
}

/** `batchyard instance register`: a slice of the machine for an UNMANAGED environment. */
export function register(invocation: Invocation, flags: RegisterFlags): Promise<ExitCode> {
  const machine = machineOf(flags);
  return withClient(invocation, flags, async (client) => {
    const cluster = await clusterOf(client, flags.environment);
    const { containerInstance = {} } = await client.ecs('RegisterContainerInstance', { cluster, ...machine });
    const printer = new Printer(invocation);
    if (flags.json) printer.json(containerInstance);
    else
      printer.line(
        `${containerInstance.ec2InstanceId} is registered in ${flags.environment}: ${sizeWords(containerInstance)}`,
      );
    return 0;
  });
}

function machineOf({ vcpus, memory, gpus, name }: RegisterFlags): RegisterContainerInstanceRequest {
  const integer = (resource: string, integerValue: number) => ({ name: resource, type: 'INTEGER', integerValue });
  const totalResources = [
    ...(vcpus === undefined ? [] : [integer('CPU', wholeNumber('--vcpus', vcpus, 1) * 1024)]),
    ...(memory === undefined ? [] : [integer('MEMORY', Number(mebibytes(memory)))]),
  ];
  const count = gpus === undefined ? undefined : wholeNumber('--gpus', gpus, 0, 1_000);
  const device = (_: unknown, index: number) => ({ id: String(index), type: 'GPU' as const });
  return {
    totalResources,
    ...(count !== undefined && { platformDevices: Array.from({ length: count }, device) }),
    ...(name !== undefined && { tags: [{ key: 'Name', value: name }] }),
  };
}

async function clusterOf(client: Client, environment: string): Promise<string> {
  const { computeEnvironments = [] } = await client.batch('DescribeComputeEnvironments', {
    computeEnvironments: [environment],
  });
  const cluster = computeEnvironments[0]?.ecsClusterArn;
  if (!cluster)
    throw new CommandError(`there is no compute environment ${environment} with a cluster in ${client.region}`);
  return cluster;
}

function sizeWords({ registeredResources = [] }: ContainerInstance): string {
  const amount = (name: string) => registeredResources.find((each) => each.name === name);
  return askedWords({
    vcpus: (amount('CPU')?.integerValue ?? 0) / 1024,
    memoryMiB: amount('MEMORY')?.integerValue ?? 0,
    gpus: amount('GPU')?.stringSetValue?.length ?? 0,
  });
}

interface DeregisterFlags extends ConnectionFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `batchyard instance deregister INSTANCE`. */
export function deregister(invocation: Invocation, flags: DeregisterFlags, instanceId: string): Promise<ExitCode> {
  return withClient(invocation, flags, async (client) => {
    const { containerInstanceArn } = await client.extension<DescribedInstance>('DescribeInstance', { instanceId });
    // `.../container-instance/CLUSTER/ID`
    const cluster = nameOfArn(containerInstanceArn.slice(0, containerInstanceArn.lastIndexOf('/')));
    const { force = false } = flags;
    const input = { cluster, containerInstance: containerInstanceArn, force };
    const { containerInstance } = await client.ecs('DeregisterContainerInstance', input);
    const printer = new Printer(invocation);
    if (flags.json) printer.json(containerInstance);
    else printer.line(`${instanceId} is not registered any more${force ? ': what ran on it ends' : ''}`);
    return 0;
  });
}
