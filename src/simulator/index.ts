export { type Comparison, compare, type Progress } from './compare.ts';
export { parseEnvironment, queueNames, type SimulatedEnvironment } from './environment.ts';
export { jsonWorkload, linesWorkload } from './json-workload.ts';
export { duration, pageOf, percent } from './page.ts';
export { plotLibrary } from './plot-library.ts';
export type { RunReport, SimulationReport } from './report.ts';
export { type SimulatedPlacement, Simulation } from './simulation.ts';
export { swfWorkload } from './swf-workload.ts';
export { SimulationError, type Workload } from './workload.ts';
