import type { SimulatedEnvironment } from './environment.ts';
import { type RunReport, reportOf, reportVersion, type SimulationReport } from './report.ts';
import { Simulation } from './simulation.ts';
import type { Workload } from './workload.ts';

/** One workload, and the environments that are compared. */
export interface Comparison {
  /** What the workload is called in the report. */
  readonly name: string;
  /** Opens it anew for each environment. */
  readonly open: (environment: SimulatedEnvironment) => Workload;
  readonly environments: readonly SimulatedEnvironment[];
  readonly seed: number;
}

/** How far a comparison is. */
export interface Progress {
  readonly environment: string;
  /** Which of the environments it is, from 0. */
  readonly index: number;
  /** How much of the workload has been read, 0 to 1. */
  readonly read: number;
  /** Jobs that have ended. */
  readonly ended: number;
}

/** Simulates the workload in one environment after the other; tells now and then how far it is. Throws `SimulationError`. */
export function* compare({ name, open, environments, seed }: Comparison): Generator<Progress, SimulationReport> {
  const runs: RunReport[] = [];
  let dropped: Readonly<Record<string, number>> = {};
  for (const [index, environment] of environments.entries()) {
    const workload = open(environment);
    const simulation = new Simulation({ environment, workload, seed });
    for (const _ of simulation.run()) {
      const { succeeded, failed } = simulation.counts;
      yield { environment: environment.name, index, read: workload.progress(), ended: succeeded + failed };
    }
    runs.push(reportOf(simulation, environment));
    dropped = workload.dropped();
  }
  return { formatVersion: reportVersion, workload: { name, dropped }, seed, runs };
}
