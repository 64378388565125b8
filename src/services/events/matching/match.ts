import {
  type Json,
  type Look,
  matchesInTurns,
  parseKeepingNumbers,
  rememberedLook,
} from '../../../event-patterns/index.ts';
import type { MatchingRule } from './rule-index.ts';

/** An event as patterns and paths look at it: read once, however many do. */
export class ReadOnce {
  readonly text: string;
  readonly look: Look = rememberedLook();
  #members: Json | undefined;
  #withNumbers: Json | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get members(): Json {
    this.#members ??= JSON.parse(this.text) as Json;
    return this.#members;
  }

  /** With the texts of numbers: takes ten times as long. */
  get withNumbers(): Json {
    this.#withNumbers ??= parseKeepingNumbers(this.text) as Json;
    return this.#withNumbers;
  }
}

/** Those of the rules whose patterns match. */
export async function matchingRules(rules: readonly MatchingRule[], event: ReadOnce): Promise<readonly MatchingRule[]> {
  const matched: MatchingRule[] = [];
  for (const each of rules) {
    const { root, namesNumbers } = each.pattern;
    const subject = namesNumbers ? event.withNumbers : event.members;
    if (await matchesInTurns(root, subject, event.look)) matched.push(each);
  }
  return matched;
}
