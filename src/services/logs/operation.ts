import { serviceOperation } from '../../core/operation.ts';
import type { LogsRuntime } from './runtime.ts';

/** Declares an operation of Logs: `logsOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const logsOperation = <SdkInput, SdkOutput>() => serviceOperation<LogsRuntime, SdkInput, SdkOutput>();
