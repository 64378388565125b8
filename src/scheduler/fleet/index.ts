export { interruptedAfter } from './interruption.ts';
