export { createStatesEvents } from './states-events.ts';
