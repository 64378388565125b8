export { compilePattern } from './compile-pattern.ts';
export type { CompiledPattern } from './compiled-pattern.ts';
