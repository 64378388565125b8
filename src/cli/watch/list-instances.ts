import type { ListInstancesOutput, ShownInstance } from '../../services/batch/index.ts';
import type { ServerCalls } from '../client/client.ts';

/** All instances of compute environments in the caller's region, launched and registered. */
export async function listInstances(client: ServerCalls): Promise<readonly ShownInstance[]> {
  const all: ShownInstance[] = [];
  for (let token: string | undefined; ; ) {
    const page = await client.extension<ListInstancesOutput>('ListInstances', token ? { nextToken: token } : {});
    all.push(...page.instances);
    token = page.nextToken;
    if (token === undefined) return all;
  }
}
