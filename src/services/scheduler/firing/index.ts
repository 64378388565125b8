export { type Fired, Firing, type MissedSlots } from './firing.ts';
export { isOnce } from './times.ts';
