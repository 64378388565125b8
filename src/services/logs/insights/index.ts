export { QueryFailed } from './bounds.ts';
export { type CompiledQuery, compileQuery, type QueryRun, type ResultField } from './compile-query.ts';
export { type LogEvent, objectIn } from './event-row.ts';
export { MalformedQuery } from './malformed-query.ts';
