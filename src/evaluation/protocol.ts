import type { EvaluationResult } from '../asl/index.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** Holds the position of what is being worked on: it is read when the worker can no longer say it. */
  readonly position: Int32Array<SharedArrayBuffer>;
}

/** What a worker says. It is sent an `Evaluation` at a time. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: EvaluationResult }
  /** A fault of ours, or the end of the stack. The worker goes on. */
  | { readonly kind: 'broken'; readonly message: string };
