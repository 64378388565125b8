export type { Dialect } from './dialect.ts';
export { isObject, type Json } from './json.ts';
export { type Look, matchesInTurns, matchesWithin, matchingTurn, rememberedLook } from './match.ts';
export { isNumber, parseKeepingNumbers } from './numeral.ts';
export type { PatternNode } from './pattern.ts';
export { type PatternSize, readPattern } from './read.ts';
