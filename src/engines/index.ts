export { type Pruned, PullFailed, type PullProgress, PullStalled, type StoredImage } from '../images/index.ts';
export type * from './contract.ts';
export { EngineUnavailable, engineKinds, plainCapabilities, StartDeclined } from './contract.ts';
export { answeringSocket, type DockerEngineOptions, openDockerEngine, type PullPolicy } from './docker/index.ts';
export {
  type CommandRefused,
  type CommandRequest,
  commandRefused,
  type EnteredCommand,
  type TerminalRequest,
  type TerminalSize,
} from './entered-command.ts';
export { compileEventStart } from './event-start.ts';
export {
  type MockBehaviour,
  type MockEngineOptions,
  type MockScript,
  MockWorld,
  type MockWorldOptions,
  openMockEngine,
} from './mock/index.ts';
export { type EngineLogger, openProcessEngine, type ProcessEngineOptions } from './process/index.ts';
export { ranWithout } from './runs-without.ts';
export { isLostReason, lostReason } from './status-reasons.ts';
export type { ContainerUsage, TaskUsage, UsageAnswer } from './task-usage.ts';
