import { type DestinationStream, pino } from 'pino';
import type { Logger } from '../core/logger.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { LineBatch } from './line-batch.ts';

/** The server's own log: JSON lines for machines, or text for people. `output` is usually standard error. */
export function createLogger(log: CompiledOptions['log'], output: DestinationStream): Logger {
  const destination =
    log.format === 'json' ? new LineBatch(output) : { write: (line: string) => output.write(asText(line)) };
  return pino({ level: log.level, base: null, formatters: { level: (label) => ({ level: label }) } }, destination);
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
