import { serviceOperation } from '../../core/operation.ts';
import type { CloudWatchRuntime } from './runtime.ts';

/** Declares an operation of CloudWatch: `cloudWatchOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const cloudWatchOperation = <SdkInput, SdkOutput>() =>
  serviceOperation<CloudWatchRuntime, SdkInput, SdkOutput>();
