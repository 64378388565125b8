import type { StructureLimits } from '../core/json-structure.ts';
import type { HttpBinding, Protocol } from '../core/operation.ts';
import { writeJson } from '../core/wire-json.ts';
import type { HttpMessage } from '../iam/index.ts';
import type { Answer, StreamedAnswer } from './answer.ts';
import { readCbor, writeCbor } from './cbor.ts';
import { ec2Result, readEc2Form } from './ec2-query.ts';
import { encodeEvents, eventStreamType } from './event-stream.ts';
import { flatMembers, readFlatForm } from './flat-query.ts';
import { readForm } from './form.ts';
import { type InputReading, type RawInput, readJsonObject } from './json.ts';
import { bytesPerValue, type GatewayLimits } from './limits.ts';
import type { CatalogueEntry } from './service-catalogue.ts';
import { textElement, xmlContent } from './xml.ts';

/** One request of an operation, its signature verified. */
interface Call {
  readonly entry: CatalogueEntry;
  readonly message: HttpMessage;
  /** Bound by the path, in restJson1. */
  readonly labels: RawInput;
  readonly limits: StructureLimits;
}

interface Codec {
  readonly read: (call: Call) => InputReading | Promise<InputReading>;
  readonly write: (entry: CatalogueEntry, output: unknown, requestId: string) => Answer;
}

const awsJson = (contentType: string): Codec => ({
  read: ({ message, limits }) => readJsonObject(bytesOf(message), limits),
  write: (_entry, output) => ({ status: 200, contentType, body: writeJson(output) }),
});

const codecs: Readonly<Record<Protocol['kind'], Codec>> = {
  restJson1: {
    read: readRest,
    write: (entry, output) => writeRest(entry.service.routes?.bindingOf(entry.name)?.answer, output),
  },
  'awsJson1.0': awsJson('application/x-amz-json-1.0'),
  'awsJson1.1': awsJson('application/x-amz-json-1.1'),
  rpcv2Cbor: {
    read: ({ message, limits }) => readCbor(bytesOf(message), limits),
    write: (_entry, output) => ({
      status: 200,
      contentType: 'application/cbor',
      body: writeCbor(output ?? {}),
      headers: ['smithy-protocol', 'rpc-v2-cbor'],
    }),
  },
  awsQuery: { read: readQuery, write: writeQueryResult },
  ec2Query: { read: readEc2, write: writeEc2Result },
};

/** The input of an operation, as its protocol carries it; not yet validated. Only for a large body is there a wait. */
export function readInput(
  entry: CatalogueEntry,
  message: HttpMessage,
  labels: RawInput,
  { jsonDepth }: GatewayLimits,
): InputReading | Promise<InputReading> {
  const limits = { depth: jsonDepth, values: Math.floor(entry.maxBody / bytesPerValue) };
  return codecs[entry.service.definition.protocol.kind].read({ entry, message, labels, limits });
}

/** The answer that carries an operation's output. */
export function writeOutput(entry: CatalogueEntry, output: unknown, requestId: string): Answer | StreamedAnswer {
  const { operation } = entry;
  if (operation.kind === 'operation' && operation.eventStream !== undefined) {
    const { [operation.eventStream]: events, ...rest } = output as Readonly<Record<string, unknown>>;
    return { status: 200, contentType: eventStreamType, pieces: encodeEvents(rest, events as AsyncIterable<object>) };
  }
  return codecs[entry.service.definition.protocol.kind].write(entry, output, requestId);
}

/** The parameters of a query-protocol request: those of its URL and those of its body. */
export function formOf(message: HttpMessage): string {
  const body = bytesOf(message).toString('latin1');
  if (message.query === '' || body === '') return message.query + body;
  return `${message.query}&${body}`;
}

function readRest(call: Call): InputReading | Promise<InputReading> {
  const binding = call.entry.service.routes?.bindingOf(call.entry.name);
  if (binding?.payload !== undefined) {
    const input = { [binding.payload]: bytesOf(call.message) };
    return bindRest(call, { kind: 'input', input });
  }
  const reading = readJsonObject(bytesOf(call.message), call.limits);
  return reading instanceof Promise ? reading.then((read) => bindRest(call, read)) : bindRest(call, reading);
}

function bindRest({ entry, message, labels }: Call, reading: InputReading): InputReading {
  if (reading.kind === 'malformed') return reading;
  const bound = message.query === '' ? undefined : entry.service.routes?.queryMembers(entry.name, message.query);
  const headers = headerMembers(entry, message);
  return { kind: 'input', input: Object.assign(reading.input, headers, bound, labels) };
}

function headerMembers({ name, service }: CatalogueEntry, { headers }: HttpMessage): RawInput | undefined {
  const bound = service.routes?.bindingOf(name)?.headers;
  if (!bound) return undefined;
  const given = Object.entries(bound).map(([header, member]) => [member, headers[header]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** Members that the binding names go into the status, headers or the body; the others are a JSON object. */
function writeRest(answer: HttpBinding['answer'], output: unknown): Answer {
  if (!answer) return { status: 200, contentType: 'application/json', body: writeJson(output) };
  const members = (output ?? {}) as Readonly<Record<string, unknown>>;
  const { status = 200, payload, headers = {} } = answer;
  const bound = Object.entries(headers).flatMap(([member, header]) => {
    const value = members[member];
    return value === undefined ? [] : [header, String(value)];
  });
  return {
    status: typeof status === 'number' ? status : Number(members[status]),
    contentType: 'application/json',
    body: payload === undefined ? bodyOf(status, output) : ((members[payload] ?? '') as Uint8Array),
    ...(bound.length > 0 ? { headers: bound } : {}),
  };
}

/** 204 is an answer without a body. */
function bodyOf(status: number | string, output: unknown): string {
  return status === 204 ? '' : writeJson(output);
}

function readQuery({ entry, message, limits }: Call): InputReading {
  const { protocol } = entry.service.definition;
  const flat = protocol.kind === 'awsQuery' ? protocol.flat : undefined;
  const form = formOf(message);
  if (!flat) return readForm(form, limits);
  return readFlatForm(form, limits, { names: flat, operation: entry.name, path: message.path });
}

function writeQueryResult({ name, service }: CatalogueEntry, output: unknown, requestId: string): Answer {
  const { protocol } = service.definition;
  const namespace = protocol.kind === 'awsQuery' ? ` xmlns="${protocol.xmlNamespace}"` : '';
  const { flat, mapMembers } = protocol.kind === 'awsQuery' ? protocol : {};
  const result = flat ? flatMembers(output ?? {}, flat, name) : xmlContent(output ?? {}, mapMembers);
  const metadata = `<ResponseMetadata>${textElement('RequestId', requestId)}</ResponseMetadata>`;
  const body = `<${name}Response${namespace}><${name}Result>${result}</${name}Result>${metadata}</${name}Response>`;
  return { status: 200, contentType: 'text/xml', body };
}

function readEc2({ entry, message, limits }: Call): InputReading {
  const { protocol } = entry.service.definition;
  if (protocol.kind !== 'ec2Query') throw new Error(`${entry.name} is no operation of ec2Query`);
  return readEc2Form(formOf(message), limits, protocol.names);
}

function writeEc2Result({ name, service }: CatalogueEntry, output: unknown, requestId: string): Answer {
  const { protocol } = service.definition;
  if (protocol.kind !== 'ec2Query') throw new Error(`${name} is no operation of ec2Query`);
  const result = ec2Result(output ?? {}, protocol.names);
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<${name}Response xmlns="${protocol.xmlNamespace}">` +
    `${textElement('requestId', requestId)}${result}</${name}Response>`;
  return { status: 200, contentType: 'text/xml;charset=UTF-8', body };
}

function bytesOf({ body }: HttpMessage): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
