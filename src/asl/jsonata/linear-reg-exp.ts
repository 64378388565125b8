import { RE2JS } from 're2js';

type Match = (string | undefined)[] & { index: number };

/**
 * A regular expression on RE2's engine: its time grows with the text, never faster, and look-around, back references and
 * repeats that multiply beyond a thousand are refused. Has as much of `RegExp` as JSONata uses; always global. The
 * constructor throws RE2's own error.
 */
export class LinearRegExp {
  readonly #program: RE2JS;
  lastIndex = 0;

  constructor({ source, ignoreCase, multiline }: RegExp) {
    const flags = (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0);
    this.#program = programOf(source, flags);
  }

  /** The first match at or behind `lastIndex`, or null. */
  exec(text: string): Match | null {
    const matcher = this.#program.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = matcher.end();
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined);
    return Object.assign(groups, { index: matcher.start() });
  }
}

/** JSONata makes its regular expressions anew at each evaluation. */
const programs = new Map<string, RE2JS>();
const keptPrograms = 200;

function programOf(source: string, flags: number): RE2JS {
  const key = `${flags}/${source}`;
  const known = programs.get(key);
  if (known) return known;
  const program = RE2JS.compile(RE2JS.translateRegExp(source), flags);
  const [oldest] = programs.keys();
  if (programs.size >= keptPrograms && oldest !== undefined) programs.delete(oldest);
  programs.set(key, program);
  return program;
}
