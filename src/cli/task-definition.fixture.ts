import { SystemClock } from '../core/clock.ts';
import { Client } from './client/client.ts';
import type { TestServer } from './server.fixture.ts';

/** A container of a task, and the script that it runs. */
export interface Script {
  readonly name: string;
  readonly script: string;
  readonly essential?: boolean;
}

/** Registers a definition of several containers, each a script of the shell. */
export async function registerTask(server: TestServer, name: string, scripts: readonly Script[]): Promise<void> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
  const clock = new SystemClock();
  const credentials = { accessKeyId, secretAccessKey };
  const client = new Client({ endpoint: new URL(server.url), region: 'us-east-1', credentials, clock });
  try {
    await client.batch('RegisterJobDefinition', {
      jobDefinitionName: name,
      type: 'container',
      ecsProperties: { taskProperties: [{ containers: scripts.map(containerOf) }] },
    });
  } finally {
    client.close();
    clock.close();
  }
}

function containerOf({ name, script, essential = true }: Script) {
  return {
    name,
    essential,
    image: 'busybox',
    command: ['sh', '-c', script],
    resourceRequirements: [
      { type: 'VCPU' as const, value: '1' },
      { type: 'MEMORY' as const, value: '64' },
    ],
  };
}
