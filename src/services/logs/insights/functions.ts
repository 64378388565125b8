import { BlockList, isIP } from 'node:net';
import { jsonOf } from '../../../core/json-of.ts';
import { bounds, QueryFailed } from './bounds.ts';
import { finite, fromJson, isStructure, Moment, naturalOrder, numberOf, textOf, type Value } from './values.ts';

type Argument = Value | undefined;

export interface InsightsFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly Argument[]) => Argument;
}

const any = Number.POSITIVE_INFINITY;

/** A function that has no value where an argument has none. */
function strict(
  count: number | readonly [number, number],
  call: (args: readonly Value[]) => Argument,
): InsightsFunction {
  const [least, most] = typeof count === 'number' ? [count, count] : count;
  return {
    least,
    most,
    call: (args) => (args.every((arg) => arg !== undefined) ? call(args as readonly Value[]) : undefined),
  };
}

function ofNumbers(
  count: number | readonly [number, number],
  call: (...numbers: number[]) => number,
): InsightsFunction {
  return strict(count, (args) => {
    const numbers = args.flatMap((arg) => numberOf(arg) ?? []);
    return numbers.length === args.length ? finite(call(...numbers)) : undefined;
  });
}

function ofTexts(count: number | readonly [number, number], call: (...texts: string[]) => Argument): InsightsFunction {
  return strict(count, (args) => call(...args.map(textOf)));
}

/** Throws `QueryFailed` for what would be too long. */
function checkLength(length: number): void {
  if (length > bounds.text) throw new QueryFailed(`a function makes a text of more than ${bounds.text} characters`);
}

function concat(args: readonly Argument[]): string {
  const texts = args.map((arg) => (arg === undefined ? '' : textOf(arg)));
  checkLength(texts.reduce((sum, { length }) => sum + length, 0));
  return texts.join('');
}

function replace(text: string, search: string, by: string): string {
  if (search === '') return text;
  const parts = text.split(search);
  checkLength(text.length + (parts.length - 1) * (by.length - search.length));
  return parts.join(by);
}

/** Takes characters away from one end or both. */
function trim(sides: { readonly left?: true; readonly right?: true }) {
  return ofTexts([1, 2], (text, characters) => {
    const isTaken = (character: string) =>
      characters === undefined ? character.trim() === '' : characters.includes(character);
    let [start, end] = [0, text.length];
    while (sides.left && start < end && isTaken(text.charAt(start))) start += 1;
    while (sides.right && end > start && isTaken(text.charAt(end - 1))) end -= 1;
    return text.slice(start, end);
  });
}

function substring(args: readonly Value[]): Argument {
  const [value = '', ...rest] = args;
  const [from, length = Number.POSITIVE_INFINITY] = rest.map(numberOf);
  const text = textOf(value);
  return from === undefined ? undefined : text.slice(Math.max(0, from), Math.max(0, from) + Math.max(0, length));
}

/** Networks are written in the query, mostly: those seen last are kept ready. */
const networks = new Map<string, { readonly list: BlockList; readonly version: number } | undefined>();

function networkOf(text: string) {
  if (networks.has(text)) return networks.get(text);
  const [, address = '', prefix = ''] = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  const isRight = version !== 0 && Number(prefix) <= (version === 4 ? 32 : 128);
  const list = new BlockList();
  if (isRight) list.addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
  const network = isRight ? { list, version } : undefined;
  if (networks.size >= 100) networks.clear();
  networks.set(text, network);
  return network;
}

function inSubnet(versions: readonly number[]): InsightsFunction {
  return ofTexts(2, (address, subnet) => {
    const version = isIP(address);
    const network = networkOf(subnet);
    if (!network || !versions.includes(version) || network.version !== version) return false;
    return network.list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  });
}

function isBlank(arg: Argument): boolean {
  return arg === undefined || textOf(arg).trim() === '';
}

function parseJson(text: string): Argument {
  const value = fromJson(jsonOf(text));
  return isStructure(value) ? value : undefined;
}

const one = (call: (arg: Argument) => Argument): InsightsFunction => ({
  least: 1,
  most: 1,
  call: ([arg]) => call(arg),
});

/** The functions that AWS's guide lists, by their names in lower case; those of periods and of `stats` are read apart. */
export const functions: Readonly<Record<string, InsightsFunction>> = {
  abs: ofNumbers(1, Math.abs),
  ceil: ofNumbers(1, Math.ceil),
  floor: ofNumbers(1, Math.floor),
  greatest: ofNumbers([1, any], (...all) => all.reduce((a, b) => Math.max(a, b))),
  least: ofNumbers([1, any], (...all) => all.reduce((a, b) => Math.min(a, b))),
  log: ofNumbers(1, Math.log),
  sqrt: ofNumbers(1, Math.sqrt),
  frommillis: strict(1, ([arg]) => {
    const at = numberOf(arg);
    return at === undefined ? undefined : new Moment(at);
  }),
  tomillis: strict(1, ([arg]) => numberOf(arg)),
  ispresent: one((arg) => arg !== undefined),
  coalesce: { least: 1, most: any, call: (args) => args.find((arg) => arg !== undefined) },
  jsonparse: ofTexts(1, parseJson),
  jsonstringify: strict(1, ([arg]) => (isStructure(arg) ? JSON.stringify(arg) : undefined)),
  isvalidip: ofTexts(1, (text) => isIP(text) !== 0),
  isvalidipv4: ofTexts(1, (text) => isIP(text) === 4),
  isvalidipv6: ofTexts(1, (text) => isIP(text) === 6),
  isipinsubnet: inSubnet([4, 6]),
  isipv4insubnet: inSubnet([4]),
  isipv6insubnet: inSubnet([6]),
  isempty: one((arg) => arg === undefined || textOf(arg) === ''),
  isblank: one(isBlank),
  concat: { least: 1, most: any, call: concat },
  ltrim: trim({ left: true }),
  rtrim: trim({ right: true }),
  trim: trim({ left: true, right: true }),
  strlen: ofTexts(1, (text) => [...text].length),
  toupper: ofTexts(1, (text) => text.toUpperCase()),
  tolower: ofTexts(1, (text) => text.toLowerCase()),
  substr: strict([2, 3], substring),
  replace: ofTexts(3, replace),
  strcontains: ofTexts(2, (text, search) => (text.includes(search) ? 1 : 0)),
};

/** Of two values the first in the order of `sort`. */
export function isBefore(left: Value, right: Value): boolean {
  return naturalOrder(left, right) < 0;
}
