import { isSystemError } from '../../../core/system-error.ts';
import type { ContainerOutline, ContainerOutlook } from '../../contract.ts';
import { CannotStart, cannotStartContainer } from '../cannot-start.ts';
import { refuseDiskImage } from '../images/image-names.ts';
import { type BodyParts, checkDevice, refusePrivileged } from './container-body.ts';
import { logConfig } from './log-config.ts';
import { allowedPath } from './mount-sources.ts';
import { checkPodmanPaths } from './podman-paths.ts';

/**
 * What `containerBody`, or the pull before it, would throw, of that which the words of a container and the operator's decide; where its
 * paths lead is looked up, and nothing is made. Whether the daemon is a Podman is known once it has answered.
 */
export function outlookOf(
  spec: ContainerOutline,
  { options, rules, facts }: Pick<BodyParts, 'options' | 'rules' | 'facts'>,
): ContainerOutlook {
  try {
    refusePrivileged(spec, options);
    refuseDiskImage(spec.image);
    for (const device of spec.devices ?? []) checkDevice(device, options);
    for (const mount of spec.mounts) {
      const source = allowedPath(mount, rules);
      if (facts?.product === 'podman') checkPodmanPaths('mount', source, mount.target);
    }
    if (spec.logDriver) logConfig({ logDriver: spec.logDriver }, rules);
    return { without: [] };
  } catch (error) {
    if (error instanceof CannotStart) return { refusal: error.message, without: [] };
    // A loop of links, or a path that is closed or too long: it fails the start in these words too.
    if (isSystemError(error)) return { refusal: cannotStartContainer(error.message).message, without: [] };
    throw error;
  }
}
