export { type ActionFacts, type ActionLookup, findAction, looksLike } from './action-facts.ts';
