export { BusGate } from './bus-gate.ts';
export { TargetCaller } from './caller.ts';
export { Deliverer } from './deliverer.ts';
export { FanOut, type Outgoing } from './fan-out.ts';
