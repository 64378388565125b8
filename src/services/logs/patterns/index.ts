export { compilePattern } from './compile-pattern.ts';
export { byteTest, type CompiledPattern, type Literal, longest } from './compiled-pattern.ts';
