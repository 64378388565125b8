import type { TaskId } from '../../../core/ids.ts';
import type { Identity } from '../host-abilities.ts';

/** What a forwarder is started with. */
export interface ForwarderArguments {
  /** Most of one node at once. */
  readonly connections: number;
  /** Who it is to be if it starts as root: the user of jobs. */
  readonly identity: Identity;
}

/** What a runner tells its forwarder. */
export type ForwarderOrder =
  /** Comes with a socket of the node's network, whose connections go to the port on 127.0.0.1. */
  | { readonly kind: 'serve'; readonly node: TaskId; readonly port: number }
  | { readonly kind: 'end'; readonly node: TaskId };

export type ForwarderWord = { readonly kind: 'ready' } | { readonly kind: 'serving'; readonly node: TaskId };
