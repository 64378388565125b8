export { type BusEvent, eventText } from './bus-event.ts';
export { matchingRules, ReadOnce } from './match.ts';
export { RuleIndex } from './rule-index.ts';
