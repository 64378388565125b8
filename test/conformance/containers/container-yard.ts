import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  type ContainerProperties,
  type JobDetail,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  type SubmitJobCommandInput,
  type TaskContainerProperties,
} from '@aws-sdk/client-batch';
import { busyboxImage } from '../../../src/core/container-image.fixture.ts';
import { ContainerWorld } from '../../../src/core/container-world.fixture.ts';
import { type DaemonOfContainers, DockerDaemon, dockerSkip } from '../../../src/core/docker-daemon.fixture.ts';
import { PodmanService, podmanSkip } from '../../../src/core/podman-service.fixture.ts';
import { submit } from '../../support/jobs.ts';
import { clientsOf } from '../../support/sdk.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../../support/wait.ts';
import { batchyard, runCommand } from '../command.ts';
import { account, linesOf, wholeFile, type Yard } from '../yard.ts';

/** Which daemon jobs run on. */
export type Product = 'docker' | 'podman';

/** For `test`: why there can be no such daemon here. */
export const productSkips: Readonly<Record<Product, { readonly skip?: string }>> = {
  docker: dockerSkip(),
  podman: podmanSkip(),
};

/** The image that the daemon has from the beginning: busybox, with the machine's own libraries where they are mounted. */
export const image = 'test/busybox:1';

/** What a role of the operator's is called that daemons and servers fetch things by. */
export const executionRoleArn = `arn:aws:iam::${account}:role/execution`;

/** A daemon of its own, a server that runs jobs on it, and the SDK. All are gone after the last test of the file. */
export interface ContainerYard extends Yard {
  readonly product: Product;
  readonly daemon: DaemonOfContainers;
}

/** One thing that holds on every daemon. */
export interface ContainerCase {
  readonly name: string;
  prove(yard: ContainerYard): Promise<void>;
}

const libraries = ['lib', 'lib64'].map((path) => ({ path, link: `usr/${path}` }));

/** @param insecure registries, HOST:PORT, that the daemon reaches without TLS */
export async function openContainerYard(
  product: Product,
  flags: readonly string[] = [],
  insecure: readonly string[] = [],
): Promise<ContainerYard> {
  const world = await ContainerWorld.open('host');
  wholeFile.after(() => world.close());
  const images = { [image]: busyboxImage({}, libraries) };
  const daemon = await (product === 'docker'
    ? DockerDaemon.open(world, images)
    : PodmanService.open(world, images, { insecure }));
  const server = await ServerProcess.start(wholeFile, [
    ...['--log-level', 'warn', '--engine', 'docker', '--docker-socket', daemon.socket, '--host-vcpus', '48'],
    ...flags,
  ]);
  const clients = clientsOf(server);
  wholeFile.after(clients.close);
  return { product, daemon, server, ...clients };
}

type Container = Partial<ContainerProperties>;
type Definition = Partial<Pick<RegisterJobDefinitionCommandInput, 'retryStrategy' | 'timeout'>>;

export const needs = (memoryMiB = 32) => [
  { type: 'VCPU' as const, value: '1' },
  { type: 'MEMORY' as const, value: String(memoryMiB) },
];

/** For `/bin/sh` of the image. */
export const shell = (script: string) => ['/bin/sh', '-c', script];

/** The directory that the test and containers share, under its own path. */
export function mounted(directory: string) {
  return {
    volumes: [{ name: 'shared', host: { sourcePath: directory } }],
    mountPoints: [{ sourceVolume: 'shared', containerPath: directory }],
  };
}

let definitions = 0;

/** Registers a definition of a shell script in the image; answers its ARN. */
export async function define(
  { batch }: Yard,
  script: string,
  container: Container = {},
  more: Definition = {},
): Promise<string> {
  const containerProperties = { image, command: shell(script), resourceRequirements: needs(), ...container };
  return register({ batch }, { containerProperties, ...more });
}

/** Registers a definition of several containers. */
export async function defineTask(yard: Pick<Yard, 'batch'>, containers: TaskContainerProperties[], task: object = {}) {
  return register(yard, { ecsProperties: { taskProperties: [{ containers, ...task }] } });
}

async function register({ batch }: Pick<Yard, 'batch'>, what: Partial<RegisterJobDefinitionCommandInput>) {
  definitions += 1;
  const input = { jobDefinitionName: `containers-${definitions}`, type: 'container' as const, ...what };
  return (await batch.send(new RegisterJobDefinitionCommand(input))).jobDefinitionArn ?? '';
}

/** Waits until a job runs and has written a line: whoever tells it something then is heard. */
export async function waitForLine({ batch, logs }: Yard, jobId: string, line: string): Promise<void> {
  const { container } = await waitForStatus(batch, jobId, 'RUNNING');
  await until(`the line ${line}`, async () => (await linesOf(logs, container?.logStreamName)).includes(line));
}

/** Submits and waits for the end. */
export async function run(
  { batch }: Pick<Yard, 'batch'>,
  definition: string,
  more: Partial<SubmitJobCommandInput> = {},
): Promise<JobDetail> {
  return waitForEnd(batch, await submit(batch, definition, more));
}

/** What `batchyard explain` says of a job. */
export async function explained({ server }: Yard, jobId: string, flags: readonly string[] = []): Promise<string> {
  const { exit, stdout, stderr } = await runCommand(batchyard, [
    ...['explain', ...flags, jobId, '--data', server.dataDirectory],
  ]);
  assert.equal(exit, 0, stderr);
  return stdout;
}

/** A path in the directory that the server's jobs may mount. */
export const sharedPath = ({ server }: Yard, name: string) => join(server.shared, name);
