import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { CreateComputeEnvironmentCommand, CreateJobQueueCommand } from '@aws-sdk/client-batch';
import { sendRaw } from '../../test/conformance/raw-request.ts';
import { openYard, settledEnvironment, settledQueue, type Yard } from '../../test/conformance/yard.ts';

/** The editions of the guide: requirements as integers, or as a list. */
export const editions = ['', '2020/'] as const;
export type Edition = (typeof editions)[number];

/** What the guide's images hold beside busybox. */
const programs: Readonly<Record<string, string>> = {
  '/bin/myjob.sh': 'echo "$0 $*"; id -u; env',
  '/bin/ffmpeg': 'echo ffmpeg; for word in "$@"; do echo "$word"; done',
  '/bin/python': 'echo "$1 in $PWD"; echo "gpus: $NVIDIA_VISIBLE_DEVICES"',
  '/tensorflow/tensorflow/examples/tutorials/mnist/mnist_deep.py': '',
};

const images = [
  'print-color',
  'aws_account_id.dkr.ecr.region.amazonaws.com/print-color',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com/fetch_and_run',
  'my_repo/ffmpeg',
  'tensorflow/tensorflow:1.8.0-devel-gpu',
  '123456789012.dkr.ecr.us-east-2.amazonaws.com/gromacs_mpi:latest',
];

/** The text of an example, as it is printed or given to `--cli-input-json`. */
export function example(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

/** An example as an object, changed by `change`. */
export function changed(name: string, change: (body: Body) => object): string {
  return JSON.stringify(change(JSON.parse(example(name))));
}

// biome-ignore lint/suspicious/noExplicitAny: the members of a request, which the server checks
export type Body = Record<string, any>;

export interface Guide extends Yard {
  /** A directory of the host that jobs may mount. */
  readonly scratch: string;
  /** Sends a body as it is. */
  post(operation: string, body: string): Promise<{ readonly status: number; readonly body: Body }>;
  /** Sends a body that is taken. */
  accept(operation: string, body: string): Promise<Body>;
}

/** A server with the guide's queues, room for its jobs, and stand-ins of its images. */
export async function openGuide(): Promise<Guide> {
  const root = makeRoot();
  const yard = await openYard([
    ...['--host-vcpus', '256', '--host-gpus', 'fake-0', '--devices', '/dev/full'],
    ...['--root-filesystems', images.map((image) => `${image}=${root}`).join(',')],
  ]);
  await addQueue(yard, 'ProdQueue', ['optimal']);
  await addQueue(yard, 'first-run-job-queue', ['optimal']);
  await addQueue(yard, 'gpu', ['p3.2xlarge']);
  const post = async (operation: string, body: string) => {
    const answer = await sendRaw(yard.server, { path: `/v1/${operation}`, body });
    return { status: answer.status, body: JSON.parse(answer.body || '{}') as Body };
  };
  const accept = async (operation: string, body: string) => {
    const answer = await post(operation, body);
    if (answer.status !== 200) throw new Error(`${operation} was refused: ${JSON.stringify(answer.body)}\n${body}`);
    return answer.body;
  };
  return { ...yard, scratch: yard.server.shared, post, accept };
}

async function addQueue({ batch }: Yard, name: string, instanceTypes: string[]): Promise<void> {
  const computeResources = {
    type: 'EC2' as const,
    maxvCpus: 256,
    instanceTypes,
    subnets: [],
    instanceRole: 'ecsInstanceRole',
  };
  await batch.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: name, type: 'MANAGED', computeResources }),
  );
  await settledEnvironment(batch, name);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: name }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: name, priority: 1, computeEnvironmentOrder }));
  await settledQueue(batch, name);
}

/** What `docker build` would make of print-color/Dockerfile, and stand-ins for what is in the other images. */
function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'guide-'));
  after(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  for (const name of ['bin', 'etc', 'tmp']) mkdirSync(join(root, name));
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  for (const name of ['sh', 'sed', 'echo', 'env', 'id', 'nc', 'sleep']) symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n');
  for (const name of ['colors.txt', 'print-color.sh']) {
    cpSync(join(import.meta.dirname, 'print-color', name), join(root, 'tmp', name));
  }
  for (const [path, script] of Object.entries(programs)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return root;
}
