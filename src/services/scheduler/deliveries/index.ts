export { type Invoke, TargetCaller } from './caller.ts';
export { Deliverer } from './deliverer.ts';
