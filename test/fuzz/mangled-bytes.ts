import fc from 'fast-check';

const lines = [
  'POST /v1/listjobs HTTP/1.1',
  'GET / HTTP/1.1',
  'GET / HTTP/9.9',
  'GET /',
  'CONNECT 127.0.0.1:80 HTTP/1.1',
  'PRI * HTTP/2.0',
  'host: 127.0.0.1',
  'host: evil.example',
  'host:',
  'content-length: 5',
  'content-length: 4294967296000',
  'content-length: -1',
  'content-length: x',
  'transfer-encoding: chunked',
  'transfer-encoding: chunked, identity',
  'connection: upgrade',
  'upgrade: websocket',
  'upgrade: h2c',
  'expect: 100-continue',
  'expect: the-worst',
  'content-type: application/json',
  'content-type: ;;;',
  ' folded: header',
  ': nameless',
  'x-long: '.padEnd(20_000, 'a'),
  '5',
  '{"a":',
  'ffffffffffffffff',
  '0',
  '',
];

const line = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...lines) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 60 }) },
);

/** Lines of HTTP in any order, with any line ends, damaged here and there; and plain noise. */
export const mangledBytes: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...lines.slice(0, 6)),
        fc.array(line, { maxLength: 10 }),
        fc.constantFrom('\r\n', '\n', '\r'),
      )
      .map(([first, rest, end]) => Buffer.from([first, ...rest, '', ''].join(end), 'latin1')),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(120), fc.integer({ min: 0, max: 255 }))
      .map(([at, byte]) =>
        damage(Buffer.from('POST /v1/listjobs HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{}'), at, byte),
      ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
);

function damage(bytes: Buffer, at: number, byte: number): Buffer {
  bytes[at % bytes.length] = byte;
  return bytes;
}
