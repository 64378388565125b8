import { serviceOperation } from '../../core/operation.ts';
import type { SchedulerRuntime } from './runtime.ts';

/** Declares an operation of EventBridge Scheduler: `schedulerOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const schedulerOperation = <SdkInput, SdkOutput>() => serviceOperation<SchedulerRuntime, SdkInput, SdkOutput>();
