export { compileOptions } from './compile-options.ts';
export type { CompiledOptions, IsolationLevel } from './compiled-options.ts';
export { type Machine, thisMachine } from './machine.ts';
export { mergeOptions, type Options, OptionsError, type OptionsWithDefaults } from './options.ts';
export { type RunningServer, type ServerDependencies, startServer } from './server.ts';
