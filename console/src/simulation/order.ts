import type { Progress, SimulationReport } from '../../../src/simulator/index.ts';

/** What becomes of which jobs is asked. */
export interface OrderedWorkload {
  readonly name: string;
  /** Lines of JSON, or a trace of the Standard Workload Format. */
  readonly format: 'json' | 'swf';
  readonly text: string;
  /** Jobs that were left out already, by why. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The contents of an environment's file, as `batchyard simulate --environment` reads it. */
export interface OrderedEnvironment {
  readonly name: string;
  readonly text: string;
}

/** What a worker is asked to simulate. */
export interface SimulationOrder {
  readonly workload: OrderedWorkload;
  readonly environments: readonly OrderedEnvironment[];
  /** The catalogue of instance types, as its file has it. */
  readonly catalogue: string;
  readonly region: string;
  readonly seed: number;
}

/** What it answers: how far it is, now and then, and then one of the others. */
export type SimulationNews =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'report'; readonly report: SimulationReport }
  /** The order makes no sense, in words. */
  | { readonly kind: 'refused'; readonly message: string };
