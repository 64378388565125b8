import type { OptionDefinition } from './option-definition.ts';
import { duration, integer, size } from './option-kinds.ts';

/** The options that limit what requests may take: a part of the table. */
export const limitOptions = {
  'limits.body': {
    group: 'limits',
    kind: size('64KiB'),
    default: '4MiB',
    about: 'Largest request body, of the few operations that take more than 1 MiB.',
  },
  'limits.arriving': {
    group: 'limits',
    kind: size('1MiB'),
    otherwise: "a thirty-second of the machine's memory, from 16MiB to 64MiB",
    about: 'Bytes of all request bodies that are arriving; beyond it the ones that take longest are refused.',
  },
  'limits.connections': {
    group: 'limits',
    kind: integer({ minimum: 1 }),
    otherwise: '4096, or what the limit of open files leaves room for',
    about: 'Connections at once. Beyond it idle ones are closed, first those that never sent a valid signature.',
  },
  'limits.headers': {
    group: 'limits',
    kind: size('4KiB'),
    default: '16KiB',
    about: 'Largest size of all headers of a request.',
  },
  'limits.depth': {
    group: 'limits',
    kind: integer({ minimum: 8, maximum: 1_000 }),
    default: 64,
    about: 'Deepest nesting of JSON in a request.',
  },
  'limits.requestTime': {
    group: 'limits',
    kind: duration('1s'),
    default: '60s',
    about: 'How long a client may take to send a request.',
  },
} as const satisfies Record<string, OptionDefinition>;
