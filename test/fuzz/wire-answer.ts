/** An HTTP answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** By lower-case name; the last one counts. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const headEnd = Buffer.from('\r\n\r\n');

/** Takes the first whole answer off `bytes`; undefined while it is not whole. Throws on what is no HTTP. */
export function takeAnswer(
  bytes: Buffer,
  toHead = false,
): { readonly answer: WireAnswer; readonly rest: Buffer } | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) throw new Error(`no HTTP answer begins with ${JSON.stringify(statusLine)}`);
  const start = end + headEnd.length;
  // 100 Continue: the answer itself follows.
  if (status < 200) return takeAnswer(bytes.subarray(start), toHead);
  const headers = new Map(lines.map((line) => [nameOf(line), line.slice(line.indexOf(':') + 1).trim()]));
  const length = toHead ? 0 : Number(headers.get('content-length') ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error(`an answer of status ${status} does not say how long it is`);
  if (bytes.length < start + length) return undefined;
  return {
    answer: { status, headers, body: bytes.subarray(start, start + length) },
    rest: bytes.subarray(start + length),
  };
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}
