import { join } from 'node:path';
import { shellWord } from '../../../core/quote-posix.ts';
import { cannotStartContainer } from '../errors.ts';
import { dropForGood } from '../host/host-probe.ts';
import { mountNamespace, overlayMount } from '../host/overlay-probe.ts';
import { canReach } from './paths.ts';
import { layersOf, type SandboxPlan, type SandboxRequest } from './sandbox.ts';
import { execWords, ownPath } from './scripts.ts';

/** How the files of an image become the root of a sandbox. */
export interface ImageLayer extends Pick<SandboxPlan, 'launcher' | 'script' | 'launchAsUser' | 'directories'> {
  /** Words by which bubblewrap makes a root that can be written to. Absent: it is to show what is at `seenAt`, read-only. */
  readonly writable?: readonly string[];
  /** Where bubblewrap finds the files of the image. */
  readonly seenAt: string;
  /** What stands before bubblewrap: becomes the job's user, if the launcher is not yet. */
  readonly drop: readonly string[];
}

/**
 * A layer of the container's own over the image, made by bubblewrap if it can and the job's user can reach the image, else
 * mounted by the launcher before that, in a mount namespace of its own. Without overlays the image is read-only. What
 * is mounted there goes with the last process of the container, however that ends.
 */
export function layerOf(request: SandboxRequest): ImageLayer {
  const { root, identity, config, scratch } = request;
  const { stage, upper, work } = layersOf(scratch);
  const isReachable = canReach(root.directory, identity, config);
  const direct = { launcher: [], script: execWords, launchAsUser: true, drop: [], seenAt: root.directory };
  if (config.host.overlay && isReachable) {
    const writable = ['--overlay-src', root.directory, '--overlay', upper, work, '/'];
    return { ...direct, writable, directories: [stage, upper, work] };
  }
  if (config.host.overlayMount) {
    const merged = join(stage, 'root');
    const mounted = launchMounted(request, overlayMount(root.directory));
    return { ...mounted, writable: ['--bind', merged, '/'], directories: [stage, upper, work, merged] };
  }
  if (isReachable) return { ...direct, directories: [scratch.home, scratch.temporary] };
  const bind = `mount -n -c --bind ${shellWord(root.directory)} root`;
  const directories = [scratch.home, scratch.temporary, stage, join(stage, 'root')];
  return { ...launchMounted(request, bind), directories };
}

/** A shell exports where it is and was. */
const forget = 'unset PWD OLDPWD\n';

/** A launcher that mounts the root in the stage; all that it runs is the host's, with nothing of the job's or the image's. */
function launchMounted({ config, identity, scratch }: SandboxRequest, mount: string) {
  const { unshare, setpriv } = config.host.tools;
  const isRoot = process.getuid?.() === 0;
  if (unshare === undefined || (isRoot && setpriv === undefined))
    throw cannotStartContainer('images need unshare and setpriv (util-linux), which are not installed');
  return {
    launcher: mountNamespace(unshare),
    script: `${ownPath}\ncd ${shellWord(scratch.stage)} && ${mount} || exit 125\ncd /\n${forget}${execWords}`,
    launchAsUser: false,
    drop: isRoot ? dropForGood(setpriv ?? 'setpriv', identity) : [],
    seenAt: join(scratch.stage, 'root'),
  };
}
