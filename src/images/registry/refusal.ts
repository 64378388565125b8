import { z } from 'zod';

/** What a registry says of an error (OCI distribution, "Error Codes"). */
export interface Refusal {
  readonly status: number;
  /** In small letters with spaces, as Docker writes it: `manifest unknown`. Empty where none came. */
  readonly code: string;
  readonly message: string;
}

const shape = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().nullish() })).min(1) });

/** Reads the body of an error; one that is not in the registries' form says nothing. Text is cut and kept on one line. */
export function refusalOf(status: number, body: Buffer | undefined): Refusal {
  const error = shape.safeParse(parse(body)).data?.errors[0];
  const code = clean(error?.code ?? '').toLowerCase();
  return {
    status,
    code: code === 'toomanyrequests' ? code : code.replaceAll('_', ' '),
    message: clean(error?.message ?? ''),
  };
}

/** The same in words: `denied: requested access to the resource is denied`. */
export function refusalWords({ status, code, message }: Refusal, statusText: string): string {
  if (code === '') return `received unexpected HTTP status: ${status} ${clean(statusText)}`.trimEnd();
  return message === '' || message.toLowerCase() === code ? code : `${code}: ${message}`;
}

function parse(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    // Proxies answer in HTML; the status says enough.
    return undefined;
  }
}

function clean(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\ud7ff]+/g, ' ').slice(0, 300);
}
