import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type BatchClient, type ContainerProperties, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { python } from './command.ts';
import { account } from './yard.ts';

const project = join(import.meta.dirname, '../..');

/** Of a server whose jobs may see the project, and the SDK in it. */
export const sdkFlags = ['--host-paths', project];

const packages = ['boto3', 'botocore', 's3transfer', 'jmespath', 'dateutil', 'urllib3', 'six.py'];
const services = ['batch', 's3', 'sts'];

/** Copies what `inside-job.py` needs of the boto3 of the tests to where a job sees it: its own place may be hidden from jobs. */
export function copyBoto3(to: string): void {
  const words = 'import boto3, os; print(os.path.dirname(os.path.dirname(os.path.realpath(boto3.__file__))))';
  const from = spawnSync(python.file, ['-c', words], { encoding: 'utf8' }).stdout.trim();
  const isNeeded = (path: string) => {
    const service = /botocore\/data\/([^/.]+)(?:\/|$)/.exec(path)?.[1];
    return !path.endsWith('__pycache__') && (service === undefined || services.includes(service));
  };
  for (const name of packages) cpSync(join(from, name), join(to, name), { recursive: true, filter: isNeeded });
}

export const jobRole = `arn:aws:iam::${account}:role/team/worker`;

export interface JobProgram {
  readonly name: string;
  readonly command: readonly string[];
  /** ARN. @default `jobRole`; null: none */
  readonly role?: string | null;
  /** Directories of the host, seen under their own paths. */
  readonly directories?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The container of a job with a role. */
export function programContainer(program: Omit<JobProgram, 'name'>): ContainerProperties {
  const { command, role = jobRole, directories = [], environment = {} } = program;
  return {
    image: 'host',
    command: [...command],
    resourceRequirements: [
      { type: 'VCPU', value: '1' },
      { type: 'MEMORY', value: '256' },
    ],
    ...(role === null ? {} : { jobRoleArn: role }),
    environment: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
    volumes: directories.map((sourcePath, index) => ({ name: `v${index}`, host: { sourcePath } })),
    mountPoints: directories.map((containerPath, index) => ({ sourceVolume: `v${index}`, containerPath })),
  };
}

/** Registers a definition of a job with a role. Answers its ARN. */
export async function registerProgram(batch: BatchClient, { name, ...program }: JobProgram): Promise<string> {
  const containerProperties = programContainer(program);
  const { jobDefinitionArn } = await batch.send(
    new RegisterJobDefinitionCommand({ jobDefinitionName: name, type: 'container', containerProperties }),
  );
  return jobDefinitionArn ?? '';
}

/** `inside-job.py`, or another `file`, with `words`, by the Python of the machine and the boto3 that was copied to `shared`. */
export function pythonProgram(
  shared: string,
  words: readonly string[],
  file = 'inside-job.py',
): Pick<JobProgram, 'command' | 'directories' | 'environment'> {
  return {
    command: ['python3', join(import.meta.dirname, file), ...words],
    directories: [project, shared],
    environment: { PYTHONPATH: shared, PYTHONDONTWRITEBYTECODE: '1' },
  };
}

/** `inside-job.mjs`, or another `file`, with `words`, by the Node and the SDK of the tests. */
export function nodeProgram(
  words: readonly string[],
  file = 'inside-job.mjs',
): Pick<JobProgram, 'command' | 'directories'> {
  return { command: [process.execPath, join(import.meta.dirname, file), ...words], directories: [project] };
}
