export { type BusEvent, eventText, wholeSeconds } from './bus-event.ts';
export { matchingRules, ReadOnce } from './match.ts';
export { RuleIndex } from './rule-index.ts';
