import type { ServerCalls } from '../../../src/cli/client/client.ts';
import { serverEnvironmentFile } from '../../../src/cli/history/server-environment.ts';
import { serverHistory } from '../../../src/cli/history/server-history.ts';
import type { DescribeInstallationOutput, DescribeInstanceTypesOutput } from '../../../src/services/batch/index.ts';
import type { OrderedWorkload, SimulationOrder } from './order.ts';

/** What a server has: its environment, as text to be changed, and its instance types. Rejects with `SimulationError`, and as calls do. */
export async function readServer(
  calls: ServerCalls,
): Promise<Pick<SimulationOrder, 'catalogue' | 'region'> & { readonly environment: string }> {
  const { region } = await calls.extension<DescribeInstallationOutput>('DescribeInstallation', {});
  const { catalogue } = await calls.extension<DescribeInstanceTypesOutput>('DescribeInstanceTypes', {});
  const environment = JSON.stringify(await serverEnvironmentFile(calls), null, 2);
  return { region, catalogue: JSON.stringify(catalogue), environment };
}

/** What a server’s jobs have done. */
export async function readHistory(calls: ServerCalls, name: string): Promise<OrderedWorkload> {
  const { lines, dropped } = await serverHistory(calls);
  return { name, format: 'json', text: lines.join('\n'), dropped };
}
