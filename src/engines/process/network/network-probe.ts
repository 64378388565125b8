import { errorWords } from '../errors.ts';
import type { HostTools, SandboxKind } from '../host/host-abilities.ts';
import { loopbackRefusal } from './host-network.ts';
import { networkTools, runProgram } from './namespaces.ts';
import type { GangNetworkAbility, GangNetworkChoice } from './node-network.ts';
import { OwnNetwork } from './own-network.ts';

/**
 * Finds out which network nodes of gangs get here, by making one of a single node, meanwhile `sandbox` is found out: none if
 * it is known already that there is to be none.
 */
export async function probeGangNetwork(
  choice: GangNetworkChoice,
  sandbox: Promise<SandboxKind> | 'none',
  tools: HostTools,
): Promise<GangNetworkAbility> {
  const refusal = choice === 'host' ? 'process.gang.network is host' : await refusalOf(sandbox, tools);
  if (refusal === undefined) return { kind: 'own', fallback: choice === 'auto' };
  if (choice === 'own')
    return { kind: 'none', why: `process.gang.network is own, and no network can be made: ${refusal}` };
  const noLoopback = await loopbackRefusal();
  return noLoopback === undefined ? { kind: 'host', why: refusal } : { kind: 'none', why: `${refusal}; ${noLoopback}` };
}

async function refusalOf(sandbox: Promise<SandboxKind> | 'none', tools: HostTools): Promise<string | undefined> {
  const refusal = sandbox === 'none' ? undefined : ownRefusal(tools);
  if ((await sandbox) === 'none') return 'without a sandbox jobs are in the namespaces of this host';
  return refusal;
}

/** Why no network of a gang's own can be made, in words; undefined if one can. */
async function ownRefusal(found: HostTools): Promise<string | undefined> {
  const tools = networkTools(found);
  if (typeof tools === 'string') return tools;
  if (found.setpriv === undefined) return 'setpriv (util-linux) is not installed';
  let network: OwnNetwork | undefined;
  try {
    network = await OwnNetwork.make(tools, 1);
    const { network: node, leave } = await network.join(0);
    // A server that is not root makes a sandbox of its own user namespace inside of the network's.
    const inner = node.asRootInName ? [tools.unshare, '--user', '--map-root-user', '--'] : [];
    await runProgram([...node.enter, ...inner, tools.sh, '-c', ':'], tools).finally(leave);
    return undefined;
  } catch (error) {
    return errorWords(error);
  } finally {
    network?.close();
  }
}
