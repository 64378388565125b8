import { serviceOperation } from '../../core/operation.ts';
import type { EventsRuntime } from './runtime.ts';

/** Declares an operation of EventBridge: `eventsOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const eventsOperation = <SdkInput, SdkOutput>() => serviceOperation<EventsRuntime, SdkInput, SdkOutput>();
