import { compileEventStart } from '../../../engines/index.ts';
import { demand, invalid } from '../refusals.ts';
import type { Container } from './schema.ts';

type Options = Readonly<Record<string, string>>;

const known = new Set([
  'awslogs-group',
  'awslogs-region',
  'awslogs-stream-prefix',
  'awslogs-datetime-format',
  'awslogs-multiline-pattern',
  'awslogs-create-group',
  'mode',
  'max-buffer-size',
]);

/** What stands for the codes of a datetime format that Docker's manual of the driver names, as regular expressions. */
const datetimeCodes: Options = {
  a: '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)',
  A: '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day',
  w: '[0-6]',
  d: '(?:0[1-9]|[12]\\d|3[01])',
  b: '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)',
  B: '(?:January|February|March|April|May|June|July|August|September|October|November|December)',
  m: '(?:0[1-9]|1[0-2])',
  Y: '\\d{4}',
  y: '\\d{2}',
  H: '(?:[01]\\d|2[0-3])',
  I: '(?:0[1-9]|1[0-2])',
  p: '[AP]M',
  M: '[0-5]\\d',
  S: '[0-5]\\d',
  L: '\\.\\d{3}',
  f: '\\d{6}',
  z: '[+-]\\d{4}',
  Z: '[A-Z]{1,4}T',
  j: '(?:[0-2]\\d\\d|3[0-5]\\d|36[0-6])',
};

/**
 * The expression by which the first line of an event is told; undefined if each line is one. A datetime format is an expression too,
 * with codes in it, and counts where both are given.
 */
export function eventStartOf(options: Options): string | undefined {
  const format = options['awslogs-datetime-format'];
  if (format === undefined) return options['awslogs-multiline-pattern'];
  return format.replaceAll(/%(.)/gs, (code, letter: string) => datetimeCodes[letter] ?? code);
}

/** As Docker's driver reads a switch. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(?:1|t|T|true|TRUE|True)$/.test(value);
}

/** Checks the options of awslogs: what its driver would refuse to begin with is refused here. */
export function checkLogConfiguration(logs: Container['logConfiguration']): void {
  if (logs?.logDriver !== 'awslogs') return;
  const options = logs.options ?? {};
  const unknown = Object.keys(options).find((option) => !known.has(option));
  if (unknown !== undefined) invalid(`Log driver awslogs disallows options: ${unknown}`);
  const problem = optionProblem(options);
  demand(problem === undefined, problem ?? '');
}

/** Why the driver would not begin with these options, in its words; undefined if it would. */
export function optionProblem(options: Options): string | undefined {
  return switchProblem(options['awslogs-create-group']) ?? startProblem(options) ?? bufferProblem(options);
}

function switchProblem(value: string | undefined): string | undefined {
  if (value === undefined || isTrue(value) || /^(?:0|f|F|false|FALSE|False)$/.test(value)) return undefined;
  return `must specify valid value for log opt 'awslogs-create-group': ${value}`;
}

function startProblem(options: Options): string | undefined {
  const expression = eventStartOf(options);
  const problem = expression === undefined ? undefined : compileEventStart(expression);
  if (typeof problem !== 'string') return undefined;
  const option = 'awslogs-datetime-format' in options ? 'awslogs-datetime-format' : 'awslogs-multiline-pattern';
  return `awslogs could not parse multiline pattern of log opt '${option}' "${options[option]}": ${problem}`;
}

function bufferProblem({ mode = '', 'max-buffer-size': size }: Options): string | undefined {
  if (!['', 'blocking', 'non-blocking'].includes(mode)) return `logger: logging mode not supported: ${mode}`;
  if (size === undefined) return undefined;
  if (mode !== 'non-blocking') return "logger: max-buffer-size option is only supported with 'mode=non-blocking'";
  return bytesOf(size) === undefined ? `error parsing option max-buffer-size: invalid size: '${size}'` : undefined;
}

/** What the driver has where the option does not say otherwise. */
const defaultBuffer = 1024 ** 2;

/** What may wait of a job that does not wait itself while its output cannot be written; undefined of one that does. */
export function bufferBytesOf({ mode, 'max-buffer-size': size }: Options): number | undefined {
  if (mode !== 'non-blocking') return undefined;
  return size === undefined ? defaultBuffer : bytesOf(size);
}

/** A size as Docker takes it: a number and, if it is not of bytes, a unit. */
export function bytesOf(size: string): number | undefined {
  const found = /^(\d{1,15}(?:\.\d{1,6})?) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(size);
  if (!found) return undefined;
  return Math.floor(Number(found[1]) * 1024 ** 'bkmgtp'.indexOf((found[2] ?? 'b').toLowerCase()));
}
