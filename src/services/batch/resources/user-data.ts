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

/** How a part of the service's own begins and ends. */
const script = 'Content-Type: text/x-shellscript; charset="us-ascii"\n\n#!/bin/bash\n';

/**
 * What an instance runs when it boots, in base64: the parts of its launch template, byte for byte, and then a script of the service's own (spec 04
 * §4.2). Of a template's user data that are no archive there is no part: an environment that has such launches nothing.
 */
export function mergedUserData(given: string | undefined, commands: readonly string[]): string {
  const parts = [...(given === undefined ? [] : partsOf(given)), `${script}${commands.join('\n')}\n`];
  const boundary = freeBoundary(parts);
  // The end of the line before a boundary belongs to that.
  const opened = parts.map((part) => `--${boundary}\n${part}\n`);
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n`;
  return Buffer.from(`${head}\n${opened.join('')}--${boundary}--\n`, 'latin1').toString('base64');
}

/** What stands between the lines of the boundary. One character is one byte. */
function partsOf(encoded: string): readonly string[] {
  const lines = Buffer.from(encoded, 'base64').toString('latin1').split('\n');
  const boundary = boundaryOf(headersOf(lines.map((line) => line.replace(/\r$/, ''))));
  if (boundary === undefined) return [];
  const parts: string[][] = [];
  for (const line of lines) {
    const mark = line.trimEnd();
    if (mark === `--${boundary}--`) break;
    if (mark === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((part) => part.join('\n'));
}

/** One that no part has a line of. */
function freeBoundary(parts: readonly string[]): string {
  for (let number = 0; ; number += 1) {
    const boundary = number === 0 ? '==BATCH==' : `==BATCH${number}==`;
    if (!parts.some((part) => part.includes(boundary))) return boundary;
  }
}
