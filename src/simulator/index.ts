export { type Comparison, compare, type Progress } from './compare.ts';
export { builtInSource, type FindTypes } from './compute-environment.ts';
export { parseEnvironment, queueNames, type SimulatedEnvironment, withPolicy } from './environment.ts';
export {
  type Assumed,
  Forecast,
  type Forecasted,
  type RunTimes,
  type ServerState,
} from './forecast.ts';
export { jsonWorkload, linesWorkload } from './json-workload.ts';
export { dollars, duration, leftOutWords, pageOf, percent } from './page.ts';
export { plotLibrary } from './plot-library.ts';
export { type FleetReport, type RunReport, reportOf, type ShareReport, type SimulationReport } from './report.ts';
export { parsePolicy } from './scheduling-policy.ts';
export { type SimulatedPlacement, Simulation } from './simulation.ts';
export { swfLinesWorkload, swfWorkload } from './swf-workload.ts';
export { SimulationError, type Workload } from './workload.ts';
