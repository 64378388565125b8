import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { Logger } from '../core/logger.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { LineBatch } from './line-batch.ts';

/** The server's own log: JSON lines for machines, or text for people. `output` is usually standard error. */
export function createLogger(log: CompiledOptions['log'], output: DestinationStream): Logger {
  if (log.format === 'text') return pinoLogger(log, { write: (line: string) => output.write(asText(line)) });
  const lines = new LineBatch(output);
  const logger = pinoLogger(log, lines);
  return logger.isLevelEnabled('info') ? withPlainLines(logger, lines) : logger;
}

function pinoLogger({ level }: CompiledOptions['log'], destination: DestinationStream) {
  return pino({ level, base: null, formatters: { level: (label) => ({ level: label }) } }, destination);
}

/** Writes ordinary messages, such as that of each request, without pino: the same line for a sixth of its time. */
function withPlainLines(logger: Logger, lines: LineBatch): Logger {
  return {
    debug: (details, message) => logger.debug(details, message),
    info: (details, message) => {
      if (isPlain(details)) lines.writeInfo(plainLine(details, message));
      else logger.info(details, message);
    },
    warn: (details, message) => logger.warn(details, message),
    error: (details, message) => logger.error(details, message),
  };
}

/** Whether JSON has a word for every member: what has members of its own, or may throw, is pino's. */
function isPlain(details: object): boolean {
  for (const name in details) {
    const value = (details as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'object' ? value !== null : !scalars.has(typeof value)) return false;
  }
  return !('toJSON' in details) && !(details instanceof Error);
}

const scalars: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'undefined']);

function plainLine(details: object, message: string): string {
  const members = JSON.stringify(details).slice(1, -1);
  const msg = `"msg":${JSON.stringify(message)}}\n`;
  return `{"level":"info"${stdTimeFunctions.epochTime()},${members === '' ? '' : `${members},`}${msg}`;
}

/** `12:34:56.789 WARN  the message  key=value`, with an error's stack on lines of its own. */
function asText(line: string): string {
  const { level, time, msg, err, ...details } = JSON.parse(line);
  const clock = new Date(time).toISOString().slice(11, 23);
  const pairs = Object.entries(details).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const text = [`${clock} ${String(level).toUpperCase().padEnd(5)} ${msg ?? ''}`, ...pairs].join('  ');
  return err === undefined ? `${text}\n` : `${text}\n${err.stack ?? err.message ?? JSON.stringify(err)}\n`;
}
