import { createHash } from 'node:crypto';
import type { ContainerProperties } from '@aws-sdk/client-batch';
import type { Client } from './client/client.ts';

/** The image of a command given without a definition. Process jobs run on the host's files whatever it is called. */
export const inlineImage = 'public.ecr.aws/docker/library/busybox:stable';

/**
 * The ARN of a definition with these properties. Its name carries their hash, so that the same command submitted again
 * finds the definition of before instead of adding a revision.
 */
export async function ensureDefinition(client: Client, name: string, properties: ContainerProperties): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(properties)).digest('hex').slice(0, 12);
  const jobDefinitionName = `${name}-${hash}`;
  const found = await client.batch('DescribeJobDefinitions', { jobDefinitionName, status: 'ACTIVE' });
  const existing = found.jobDefinitions?.[0]?.jobDefinitionArn;
  if (existing) return existing;
  const registered = await client.batch('RegisterJobDefinition', {
    jobDefinitionName,
    type: 'container',
    containerProperties: properties,
  });
  return registered.jobDefinitionArn ?? jobDefinitionName;
}
