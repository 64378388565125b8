import type { InstallationId } from '../../../core/ids.ts';
import type { Subnet } from '../../../core/subnet.ts';
import { labels, networkName } from '../task/container-names.ts';
import { nodeAddress } from './gang-subnets.ts';
import { holdingImage } from './holding-image.ts';
import type { NodeTask } from './node-task.ts';

/** The body of the container that holds a node's network: it has no right and nothing to do, and the node's own share its /etc/hosts. */
export function holderBody({ taskId, gang }: NodeTask, subnet: Subnet, installation: InstallationId): object {
  const network = networkName(installation, gang.gang);
  const names = Array.from({ length: gang.size }, (_, index) => `node-${index}:${nodeAddress(subnet, index)}`);
  return {
    Image: holdingImage,
    // By this it is known among the machine's processes.
    Cmd: [taskId],
    Labels: { [labels.installation]: installation, [labels.task]: taskId, [labels.gang]: gang.gang },
    HostConfig: {
      NetworkMode: network,
      ExtraHosts: names,
      RestartPolicy: { Name: 'no' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      PidsLimit: 8,
      LogConfig: { Type: 'none', Config: {} },
      OomScoreAdj: 500,
    },
    NetworkingConfig: {
      EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: nodeAddress(subnet, gang.index) } } },
    },
  };
}
