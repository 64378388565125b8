import { z } from 'zod';
import type { FunctionSettings, Functions } from '../services/lambda/index.ts';
import { duration, InvalidValue, namedValues, type OptionKind } from './option-kinds.ts';

/** What a file says of a function. */
const written = z.strictObject({
  description: z.string().max(256).optional(),
  command: z.array(z.string().min(1)).min(1).optional(),
  image: z.string().min(1).optional(),
  queue: z.string().min(1).optional(),
  role: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of a role')
    .optional(),
  vcpus: z.number().positive().optional(),
  memoryMiB: z.int().min(4).optional(),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).optional(),
  url: z.string().optional(),
  timeout: z.string().optional(),
  concurrency: z.int().min(1).max(10_000).optional(),
  deadLetterQueue: z
    .string()
    .regex(/^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/, 'must be the ARN of a standard queue of SQS')
    .optional(),
});
type Written = z.infer<typeof written>;

const ofCommands = ['command', 'image', 'queue', 'role', 'vcpus', 'memoryMiB', 'environment'] as const;
const timeoutKind = duration('100ms');
/** AWS's. */
const longest = 900_000;

/** Functions by name: a JSON object of objects, or `NAME=URL` in texts. */
export function functionMap(): OptionKind<Readonly<Record<string, Written>> | readonly string[], Functions> {
  return {
    placeholder: '<name>=<url>...',
    repeatable: true,
    compile: (value, directory) => {
      const functions = new Map<string, FunctionSettings>();
      for (const [name, said] of namedValues(value)) {
        if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
          throw new InvalidValue(`must name functions by letters, digits, - and _, not ${name}`);
        functions.set(name, settingsOf(name, typeof said === 'string' ? { url: said } : said, directory));
      }
      return functions;
    },
  };
}

function settingsOf(name: string, said: unknown, directory: string): FunctionSettings {
  const read = written.safeParse(said);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new InvalidValue(`says of ${name}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
  }
  const { description, timeout = '3s', concurrency = 100, deadLetterQueue } = read.data;
  const time = timeoutKind.compile(timeout, directory);
  if (time > longest) throw new InvalidValue(`gives ${name} a timeout of ${timeout}: 15m is the longest`);
  return {
    ...{ name, run: runOf(name, read.data), timeout: time, concurrency },
    ...(description === undefined ? {} : { description }),
    ...(deadLetterQueue === undefined ? {} : { deadLetterQueue }),
  };
}

function runOf(name: string, said: Written): FunctionSettings['run'] {
  const { url, command, image = 'host', queue = 'default', role, vcpus = 1, memoryMiB = 128, environment = {} } = said;
  if (url !== undefined) {
    const other = ofCommands.find((member) => said[member] !== undefined);
    if (other !== undefined) throw new InvalidValue(`gives ${name} a url, beside which ${other} means nothing`);
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new InvalidValue(`must give ${name} an http or https URL, not ${url}`);
    return { kind: 'url', url };
  }
  if (command === undefined) throw new InvalidValue(`must give ${name} a url or a command`);
  const more = role === undefined ? {} : { role };
  return { kind: 'command', command, image, queue, vcpus, memoryMiB, environment, ...more };
}
