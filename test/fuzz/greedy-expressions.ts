import type { Json } from '../../src/asl/index.ts';

/** A state that takes without end, and how AWS says that it failed. */
export interface Greedy {
  readonly name: string;
  readonly state: object;
  readonly input: Json;
  readonly error: 'States.QueryEvaluationError' | 'States.Runtime';
  readonly cause: RegExp;
  /** Whether it goes on until its deadline; else something of its own ends it. */
  readonly untilDeadline: boolean;
}

export const text = 'a'.repeat(200_000);
const numbers = Array.from({ length: 60_000 }, (_, at) => (at * 7919) % 60_000).slice(0, 40_000);
const objects = Array.from({ length: 20_000 }, (_, a) => ({ a }));
const members = Object.fromEntries(Array.from({ length: 15_000 }, (_, at) => [`k${at}`, at]));

function nested(levels: number): Json {
  return levels === 0 ? [] : [nested(levels - 1), levels];
}

export const timeout = /threw an error during evaluation: Expression evaluation timeout: Check for infinite loop$/;

/**
 * Over `text`, hours of a core and hardly any memory: a time of 20,000 took 0.5 s, and a heap of 48 MB was enough. So only its
 * deadline can end it, however long others keep it from its core.
 */
export function timeAlone(path: string): string {
  return `$map([1..20000], function($i) { $length($replace(${path}, /(a|b)/, 'b')) })`;
}

/** What one built-in function costs, many times: within the budget of steps, and far beyond any time. */
function over(name: string, call: string, input: Json): Greedy {
  const expression = `$map([1..20000], function($i) { $type(${call}) })`;
  return untilDeadline(name, `{% ${expression} %}`, input);
}

function untilDeadline(name: string, output: Json, input: Json): Greedy {
  const state = { Type: 'Pass', QueryLanguage: 'JSONata', Output: output, End: true };
  return { name, state, input, error: 'States.QueryEvaluationError', cause: timeout, untilDeadline: true };
}

function byItself(name: string, state: object, input: Json, error: Greedy['error'], cause: RegExp): Greedy {
  const more = 'Choices' in state ? {} : { End: true };
  return { name, state: { ...state, ...more }, input, error, cause, untilDeadline: false };
}

const $ = '$states.input';
const many = Array.from({ length: 20_000 }, (_, at) => `{% $length($uppercase(${$})) + ${at} %}`);
const paths = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`x${at}.$`, '$..*']));

export const greedy: readonly Greedy[] = [
  over('$replace', `$replace(${$}, 'a', 'b')`, text),
  over('$replace of a regular expression', `$replace(${$}, /(a|b)/, 'b')`, text),
  over('a regular expression with empty repeats', `$contains(${$}, /((a*)*(b*)*)*c/)`, text),
  over('$split', `$split(${$}, 'a')`, text.slice(0, 100_000)),
  over('$contains', `$contains(${$}, /(a+)+b/)`, text),
  over('$uppercase', `$uppercase(${$})`, text),
  over('$base64encode', `$base64encode(${$})`, text),
  over('$sort', `$sort(${$})`, numbers),
  over('$merge', `$merge(${$})`, objects),
  over('$spread', `$spread(${$})`, objects),
  over('$keys', `$keys(${$})`, members),
  over('$toMillis', `$toMillis('2024-01-01', '[Y]-[M]-[D]' & ${$})`, text.replaceAll('a', '[Y]').slice(0, 30_000)),
  over('$formatNumber', `$formatNumber(1, ${$})`, '#'.repeat(200_000)),
  untilDeadline('20,000 expressions in one definition', many, text),
  byItself(
    'memory without end',
    { Type: 'Pass', QueryLanguage: 'JSONata', Output: `{% $map([1..20000], function($i) { $split(${$}, '') }) %}` },
    text.slice(0, 100_000),
    'States.QueryEvaluationError',
    /: Expression evaluation memory limit exceeded: Check for excessive memory usage$/,
  ),
  byItself(
    '$..* 20,000 times',
    { Type: 'Pass', Parameters: paths },
    numbers,
    'States.Runtime',
    /more than 5000000 steps/,
  ),
  byItself(
    'a path of 20,000 steps, each of which may stand at any level',
    { Type: 'Pass', InputPath: `$${'..*'.repeat(20_000)}` },
    nested(200),
    'States.Runtime',
    /Path '\$\.\.\*\.\.\*/,
  ),
  byItself(
    'a choice of many paths',
    {
      Type: 'Choice',
      Choices: Array.from({ length: 5_000 }, () => ({ Variable: '$..a', IsNull: true, Next: 'S' })),
      Default: 'S',
    },
    objects,
    'States.Runtime',
    /more than 5000000 steps/,
  ),
];
