export { openProcessEngine } from './open-engine.ts';
export type { EngineLogger, ProcessEngineOptions } from './options.ts';
export { discardOutside, forgetTasks } from './outside.ts';
export { runnersOf } from './runner/living-runners.ts';
