import { Buffer } from 'node:buffer';
import { invalidToken } from './refusals.ts';

const version = 1;

type Content = Readonly<Record<string, unknown>>;

/** A token of ours: opaque to callers, with a version and the kind of list that it continues. */
export function formatPageToken(kind: string, content: Content): string {
  return Buffer.from(JSON.stringify({ v: version, kind, ...content })).toString('base64url');
}

/** The content of a token of this kind. Throws `InvalidParameterException` for any other text. */
export function parsePageToken(kind: string, token: string): Content {
  const content = parseJson(Buffer.from(token, 'base64url').toString());
  if (content?.v !== version || content.kind !== kind) throw invalidToken();
  return content;
}

function parseJson(text: string): Content | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Content) : undefined;
  } catch {
    return undefined;
  }
}
