import type { RandomSource } from '../../core/random.ts';
import { invalidParameter } from './refusals.ts';

/** What a password is made of; all of it is in by default but the space. */
export interface PasswordRules {
  readonly PasswordLength?: number | undefined;
  readonly ExcludeCharacters?: string | undefined;
  readonly ExcludeNumbers?: boolean | undefined;
  readonly ExcludePunctuation?: boolean | undefined;
  readonly ExcludeUppercase?: boolean | undefined;
  readonly ExcludeLowercase?: boolean | undefined;
  readonly IncludeSpace?: boolean | undefined;
  readonly RequireEachIncludedType?: boolean | undefined;
}

const usualLength = 32;
const lowercase = 'abcdefghijklmnopqrstuvwxyz';
const numbers = '0123456789';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A password of at least one character of each kind that is in, unless that is not asked for. */
export function randomPassword(rules: PasswordRules, random: RandomSource): string {
  const { PasswordLength: length = usualLength, ExcludeCharacters = '', RequireEachIncludedType = true } = rules;
  const kinds = [
    rules.ExcludeLowercase ? '' : lowercase,
    rules.ExcludeUppercase ? '' : lowercase.toUpperCase(),
    rules.ExcludeNumbers ? '' : numbers,
    rules.ExcludePunctuation ? '' : punctuation,
    rules.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const all = kinds.flat();
  if (all.length === 0) throw invalidParameter('No character is left that the password could be made of.');
  const required = RequireEachIncludedType ? kinds : [];
  if (required.length > length) throw invalidParameter('Password length is too short based on required types.');
  const drawn = required.map((kind) => pick(kind, random));
  while (drawn.length < length) drawn.push(pick(all, random));
  return shuffled(drawn, random).join('');
}

function pick(characters: readonly string[], random: RandomSource): string {
  return characters[below(characters.length, random)] ?? '';
}

/** Fisher and Yates: what is required may stand anywhere. */
function shuffled(characters: string[], random: RandomSource): string[] {
  for (let at = characters.length - 1; at > 0; at -= 1) {
    const other = below(at + 1, random);
    const [a = '', b = ''] = [characters[at], characters[other]];
    characters[at] = b;
    characters[other] = a;
  }
  return characters;
}

/** A whole number below `bound`, of at most 16 bits, each as likely as any other. */
function below(bound: number, random: RandomSource): number {
  const fair = Math.floor(0x10000 / bound) * bound;
  for (;;) {
    const [high = 0, low = 0] = random.bytes(2);
    const drawn = high * 256 + low;
    if (drawn < fair) return drawn % bound;
  }
}
