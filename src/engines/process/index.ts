export { openProcessEngine } from './engine.ts';
export type { EngineLogger, ProcessEngineOptions } from './options.ts';
export { discardOutside, forgetTasks } from './outside.ts';
