import type { ContainerOutline, ContainerOutlook } from '../../contract.ts';
import { CannotStart, cannotStartContainer } from '../errors.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { checkDevices } from './devices.ts';
import { checkMountWords, refuseDuplicates } from './mounts.ts';

/** What the plan of a container would throw, of that which its words and the operator's decide. Its image is another's to judge. */
export function outlookOf(container: ContainerOutline, config: RunnerConfig): ContainerOutlook {
  try {
    refusePrivileged(container);
    refuseDuplicates(container);
    for (const mount of container.mounts) checkMountWords(mount, config);
    checkDevices(container, config);
    return { without: [] };
  } catch (error) {
    if (error instanceof CannotStart) return { refusal: error.message, without: [] };
    throw error;
  }
}

/** Throws `CannotStart`. */
export function refusePrivileged({ privileged }: Pick<ContainerOutline, 'privileged'>): void {
  if (privileged) throw cannotStartContainer('the process engine has no privileged containers');
}
