import { closeSync, openSync } from 'node:fs';
import type { HostTools } from '../host/host-abilities.ts';
import { HostProgram } from '../host/host-program.ts';
import { processLimits } from '../limits.ts';
import { descriptorPath } from './shared-view.ts';

/** The words before those of a program, as `SharedView` has them. */
export interface Entry {
  readonly enter: readonly string[];
  readonly asRootInName: boolean;
}

/** An IPC namespace that this process holds open: it goes with the last of this one and of those that are in it. */
export class IpcNamespace {
  readonly entry: Entry;
  #descriptors: number[];

  private constructor(entry: Entry, descriptors: number[]) {
    this.entry = entry;
    this.#descriptors = descriptors;
  }

  /**
   * Makes one beside the network that `within` leads into. An ordinary user owns it by a user namespace in which he is root in
   * name: that of the network, if it has one. Rejects with what went wrong, in words.
   */
  static async make(tools: HostTools, within: Entry): Promise<IpcNamespace> {
    const { sh, unshare = 'unshare', nsenter = 'nsenter' } = tools;
    const withUser = process.getuid?.() !== 0 && !within.asRootInName;
    const flags = withUser ? ['--user', '--map-root-user', '--ipc'] : ['--ipc'];
    const wait = [sh, '-c', 'echo made; read -r go'];
    const made = new HostProgram([...within.enter, unshare, ...flags, '--', ...wait], processLimits.namespaceProgramMs);
    const pid = await made.firstWord();
    const descriptors: number[] = [];
    try {
      const held = (kind: 'ipc' | 'user') => {
        const descriptor = openSync(`/proc/${pid}/ns/${kind}`, 'r');
        descriptors.push(descriptor);
        return `--${kind}=${descriptorPath(descriptor)}`;
      };
      const options = [held('ipc'), ...(withUser ? [held('user'), '--preserve-credentials'] : [])];
      await made.end('go\n');
      // One program must do both: in another user namespace it finds no descriptor of ours any more.
      const before = within.enter.length === 0 ? [nsenter] : within.enter.slice(0, -1);
      const entry = { enter: [...before, ...options, '--'], asRootInName: within.asRootInName || withUser };
      return new IpcNamespace(entry, descriptors);
    } catch (error) {
      made.kill();
      for (const descriptor of descriptors) closeSync(descriptor);
      throw error;
    }
  }

  close(): void {
    for (const descriptor of this.#descriptors) closeSync(descriptor);
    this.#descriptors = [];
  }
}
