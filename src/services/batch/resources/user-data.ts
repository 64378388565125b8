const header = /^[A-Za-z][A-Za-z0-9-]*:/;
const multipart = /^multipart\/[a-z]+\s*;.*?\bboundary=(?:"([^"]+)"|([^\s";]+))/i;

/**
 * Whether user data are an archive of MIME with several parts, which AWS can add its own to (spec 04 §4.2): headers from the first line on, one
 * of them with the boundary, and parts between its lines, of which the last closes. `encoded`: in base64, as launch templates have it.
 */
export function isMultipart(encoded: string): boolean {
  const lines = Buffer.from(encoded, 'base64').toString('utf8').split(/\r?\n/);
  const boundary = boundaryOf(headersOf(lines));
  if (boundary === undefined) return false;
  const marks = new Set(lines.map((line) => line.trimEnd()));
  return marks.has(`--${boundary}`) && marks.has(`--${boundary}--`);
}

/** The headers at the start, those that go on over several lines joined. */
function headersOf(lines: readonly string[]): readonly string[] {
  const headers: string[] = [];
  for (const line of lines) {
    if (header.test(line)) headers.push(line);
    else if (/^[ \t]+\S/.test(line) && headers.length > 0) headers.push(`${headers.pop()} ${line.trim()}`);
    else break;
  }
  return headers;
}

function boundaryOf(headers: readonly string[]): string | undefined {
  const type = headers.find((line) => /^content-type:/i.test(line)) ?? '';
  const [, quoted, plain] = multipart.exec(type.slice(type.indexOf(':') + 1).trim()) ?? [];
  return quoted ?? plain;
}
