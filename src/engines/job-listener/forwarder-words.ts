import type { TaskId } from '../../core/ids.ts';

/** The user of jobs, by its numbers. */
export interface JobUser {
  readonly uid: number;
  readonly gid: number;
}

/** What a forwarder is started with. */
export interface ForwarderArguments {
  /** Most of one node at once. */
  readonly connections: number;
  /** Who it is to be if it starts as root: the user of jobs. */
  readonly identity: JobUser;
}

/** What who starts it tells its forwarder. */
export type ForwarderOrder =
  /** Comes with a socket of the node's network, whose connections go to the port on 127.0.0.1. */
  | { readonly kind: 'serve'; readonly node: TaskId; readonly port: number }
  | { readonly kind: 'end'; readonly node: TaskId };

export type ForwarderWord = { readonly kind: 'ready' } | { readonly kind: 'serving'; readonly node: TaskId };
