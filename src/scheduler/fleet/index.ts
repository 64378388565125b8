export { describeLaunch, describeScaleIn, describeUnavailable } from './describe-launch.ts';
export {
  EnvironmentFleet,
  type FleetOptions,
  type LaunchDecision,
  registeredFleet,
  type StoredFleet,
  usualScaleInDelay,
} from './environment-fleet.ts';
export type { FleetInstance, InstanceState, StoredInstance } from './fleet-instances.ts';
export type { Instance, InstanceFilter } from './instance.ts';
export { instanceIdOf } from './instance-id.ts';
export { interruptedAfter } from './interruption.ts';
export type { LaunchBackoff } from './launch-backoff.ts';
export { type Crowded, type Demand, type Launch, type LaunchPlan, mostLaunches, planLaunches } from './launch-plan.ts';
export type { AllocationStrategy, LaunchType } from './launch-type.ts';
export type { NodesChoice, NodesNeed } from './node-types.ts';
export type { Choice, PassedOver } from './ranked-types.ts';
export { planReplacement } from './replacement.ts';
export { planScaleIn, type ScaleIn, type ScaleInPlan, type ScaleInRequest } from './scale-in.ts';
export type { Supply } from './supply.ts';
export { endIfStarted } from './task-ends.ts';
