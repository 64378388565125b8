/**
 * A filter of system calls (seccomp, as classic BPF) that answers EPERM to the three of the kernel's keyrings, and lets all else
 * through. A job would otherwise hold the session keyring of whoever started the server, with what lies in it (tickets of
 * Kerberos, keys of file systems), and share it with every other job: no namespace divides keyrings. Docker's own filter answers
 * the same.
 */
export function callFilter(): Buffer {
  return Buffer.concat([loadArchitecture, ...architectures.map(blockOf), instruction(codes.answer, allow)]);
}

/** Numbers of add_key, request_key and keyctl, which follow each other everywhere, by the kernel's names of what a program may be. */
const architectures: readonly { readonly audit: number; readonly addKey: number }[] = [
  { audit: 0xc000003e, addKey: 248 }, // x86-64, and x32 with its bit
  { audit: 0x40000003, addKey: 286 }, // i386 on x86-64
  { audit: 0xc00000b7, addKey: 217 }, // arm64
  { audit: 0x40000028, addKey: 309 }, // arm on arm64
];

const codes = { load: 0x20, ifEqual: 0x15, ifAtLeast: 0x35, ifAbove: 0x25, and: 0x54, answer: 0x06 } as const;
const allow = 0x7fff0000;
const notPermitted = 0x00050000 | 1;
const x32 = 0x40000000;

/** `struct sock_filter`: a code, how many instructions to skip if it holds and if not, and its operand. */
function instruction(code: number, operand: number, [then, otherwise]: readonly [number, number] = [0, 0]): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(then, 2);
  bytes.writeUInt8(otherwise, 3);
  bytes.writeUInt32LE(operand, 4);
  return bytes;
}

/** `seccomp_data.arch` and `seccomp_data.nr`. */
const loadArchitecture = instruction(codes.load, 4);
const loadNumber = instruction(codes.load, 0);

function blockOf({ audit, addKey }: (typeof architectures)[number]): Buffer {
  const block = [
    loadNumber,
    instruction(codes.and, ~x32 >>> 0),
    instruction(codes.ifAtLeast, addKey, [0, 2]),
    instruction(codes.ifAbove, addKey + 2, [1, 0]),
    instruction(codes.answer, notPermitted),
    instruction(codes.answer, allow),
  ];
  return Buffer.concat([instruction(codes.ifEqual, audit, [0, block.length]), ...block]);
}
