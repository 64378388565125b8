export { type Fired, Firing, type MissedSlots } from './firing.ts';
