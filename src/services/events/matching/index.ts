export { type BusEvent, eventText } from './bus-event.ts';
export { matchingOnes } from './match.ts';
export { ReadOnce } from './read-once.ts';
export { type ArchiveIndex, archiveIndex, type RuleIndex, ruleIndex } from './rule-index.ts';
