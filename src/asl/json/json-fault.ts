import type { Json } from './json.ts';
import { faultOf, type Place, type ScanFault } from './json-scan.ts';

/** Where Jackson cuts the text that it quotes. */
const longestSource = 500;

/**
 * A text that is no JSON, in the words of Jackson 2.10 and later, which AWS answers (users' reports of StartExecution; the
 * parser's public source for the other faults).
 */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  /** `[Source: (String)"{"; line: 1, column: 2]`. */
  readonly location: string;
  readonly #isEnd: boolean;

  constructor(text: string, fault: ScanFault) {
    super(fault.message((opened) => locationIn(text, opened)));
    this.location = locationIn(text, fault.at);
    this.#isEnd = fault.isEnd;
  }

  /** The exception as Java writes it out, its type included. */
  get javaText(): string {
    const type = this.#isEnd ? 'io.JsonEOFException' : 'JsonParseException';
    return `com.fasterxml.jackson.core.${type}: ${this.message}\n at ${this.location}`;
  }
}

/** What a JSON text says. Throws `JsonFault`. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonFault(text, faultOf(text));
  }
}

function locationIn(text: string, { line, column }: Place): string {
  const rest = text.length - longestSource;
  const cut = rest > 0 ? `[truncated ${rest} chars]` : '';
  return `[Source: (String)"${text.slice(0, longestSource)}"${cut}; line: ${line}, column: ${column}]`;
}
