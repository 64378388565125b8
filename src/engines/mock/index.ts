export { type MockEngineOptions, openMockEngine } from './engine.ts';
export { MockWorld, type MockWorldOptions } from './mock-world.ts';
export type { MockBehaviour, MockScript } from './script.ts';
