import {
  type BatchClient,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  type SubmitJobCommandInput,
} from '@aws-sdk/client-batch';

/** What a shell job may have beside its script. */
export interface ShellDefinition
  extends Pick<RegisterJobDefinitionCommandInput, 'retryStrategy' | 'timeout' | 'parameters'> {
  readonly name: string;
  /** For `/bin/sh -c`. */
  readonly script: string;
  /** @default the files of the host */
  readonly image?: string;
  /** @default 1 */
  readonly vcpus?: number;
  /** @default 32 */
  readonly memoryMiB?: number;
  /** A directory of the host that the job sees under the same path, and may write to if its user may. */
  readonly directory?: string;
}

/** Registers a definition that runs a shell script. Answers its ARN. */
export async function registerShell(batch: BatchClient, definition: ShellDefinition): Promise<string> {
  const { name, script, image = 'host', vcpus = 1, memoryMiB = 32, directory, ...rest } = definition;
  const { jobDefinitionArn } = await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: name,
      type: 'container',
      containerProperties: {
        image,
        command: ['/bin/sh', '-c', script],
        resourceRequirements: [
          { type: 'VCPU', value: String(vcpus) },
          { type: 'MEMORY', value: String(memoryMiB) },
        ],
        ...(directory === undefined ? {} : volumesOf(directory)),
      },
      ...rest,
    }),
  );
  return jobDefinitionArn ?? '';
}

function volumesOf(directory: string) {
  return {
    volumes: [{ name: 'shared', host: { sourcePath: directory } }],
    mountPoints: [{ sourceVolume: 'shared', containerPath: directory }],
  };
}

/** Submits a job to the default queue. Answers its id. */
export async function submit(
  batch: BatchClient,
  jobDefinition: string,
  more: Partial<SubmitJobCommandInput> = {},
): Promise<string> {
  const input = { jobName: 'test', jobQueue: 'default', jobDefinition, ...more };
  const { jobId } = await batch.send(new SubmitJobCommand(input));
  return jobId ?? '';
}
