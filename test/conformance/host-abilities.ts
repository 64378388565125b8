import type { EngineDescription } from '../../src/engines/index.ts';
import type { Endpoint } from '../support/sdk.ts';
import { sendRaw } from './raw-request.ts';

/** For `test`: skips what the machine's process engine cannot do, by name, unless nothing may be skipped. */
export interface Abilities {
  /** A mount namespace of its own for each job. */
  readonly mounts: { readonly skip?: string };
  /** Memory limits that the kernel enforces. */
  readonly memoryLimits: { readonly skip?: string };
  /** Nodes of multi-node jobs, in the network that the server was told. */
  readonly nodes: { readonly skip?: string };
}

/** What the process engine of a running server says of itself. */
export async function abilitiesOf(server: Endpoint): Promise<Abilities> {
  const path = '/batchyard/v1/describeinstallation';
  const { body } = await sendRaw(server, { path, service: 'batchyard', body: '{}' });
  const { engines } = JSON.parse(body) as { readonly engines: readonly EngineDescription[] };
  const engine = engines.find(({ kind }) => kind === 'process');
  return {
    mounts: needs('bubblewrap', /bubblewrap/.test(engine?.isolation ?? '')),
    memoryLimits: needs('memory control groups', engine?.enforced.memory ?? false),
    nodes: needs('nodes of multi-node jobs', engine?.capabilities.nodes ?? false),
  };
}

function needs(what: string, there: boolean): { readonly skip?: string } {
  return there || process.env.BATCHYARD_REQUIRE_ALL === '1' ? {} : { skip: `needs ${what}` };
}
