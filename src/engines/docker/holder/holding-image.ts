import { createHash } from 'node:crypto';
import { tarOf } from '../../../core/tar.ts';

/** The name of the image whose only program waits: a container of it holds what those of a task share. Not pulled from anywhere. */
export const holdingImage = 'localhost/batchyard-hold:2';

/** Where the program lies in the image. */
export const holdingProgram = '/hold';

interface Machine {
  /** As ELF numbers it. */
  readonly elf: number;
  /** Says that its children leave no zombies, then waits for signals, for ever, and touches nothing. `ignore` follows it. */
  readonly code: Buffer;
}

/** What the kernel takes for a signal to be ignored: the handler 1, no flags, no restorer, an empty mask. */
const ignore = Buffer.alloc(32);
ignore[0] = 1;

/** By what daemons and images call an architecture. */
const machines: Readonly<Record<string, Machine>> = {
  // mov eax, 13 (rt_sigaction); mov edi, 17 (SIGCHLD); lea rsi, [ignore]; xor edx, edx; mov r10d, 8; syscall
  // again: mov eax, 34 (pause); syscall; jmp again
  amd64: {
    elf: 62,
    code: Buffer.from('b80d000000bf11000000488d351300000031d241ba080000000f05b8220000000f05ebf7', 'hex'),
  },
  // mov x0, 17 (SIGCHLD); adr x1, ignore; mov x2, 0; mov x3, 8; mov x8, 134 (rt_sigaction); svc 0
  // again: mov x0..x4, 0; mov x8, 73 (ppoll, of nothing and for ever); svc 0; b again
  arm64: {
    elf: 183,
    code: instructions(
      ...[0xd2800220, 0x100001a1, 0xd2800002, 0xd2800103, 0xd28010c8, 0xd4000001],
      ...[0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800004, 0xd2800928, 0xd4000001, 0x17fffff9],
    ),
  },
};

/**
 * The image as `POST /images/load` takes it, a few KiB made here, so that nodes need no registry. Undefined for an architecture that it has no
 * program for. `architecture` is as the daemon names its own.
 */
export function holdingArchive(architecture: string): Buffer | undefined {
  const machine = machines[architecture];
  if (!machine) return undefined;
  const layer = tarOf([{ path: holdingProgram.slice(1), mode: 0o755, content: program(machine) }]);
  const config = JSON.stringify({
    ...{ architecture, os: 'linux', created: '1970-01-01T00:00:00Z' },
    config: { Entrypoint: [holdingProgram] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest(layer)}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'batchyard' }],
  });
  const [configName, layerName] = [`${digest(config)}.json`, `${digest(layer)}/layer.tar`];
  const manifest = [{ Config: configName, RepoTags: [holdingImage], Layers: [layerName] }];
  return tarOf([
    { path: 'manifest.json', content: JSON.stringify(manifest) },
    { path: configName, content: config },
    { path: layerName, content: layer },
  ]);
}

const fileHeader = 64;
const programHeader = 56;
const loadedAt = 0x400000;

/** A program of one segment, whose first bytes are the headers themselves, as ELF lays them out for 64 bits. */
function program({ elf, code }: Machine): Buffer {
  const start = fileHeader + programHeader;
  const size = BigInt(start + code.length + ignore.length);
  const head = Buffer.alloc(start);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(elf, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(loadedAt + start), 24);
  head.writeBigUInt64LE(BigInt(fileHeader), 32);
  head.writeUInt16LE(fileHeader, 52);
  head.writeUInt16LE(programHeader, 54);
  head.writeUInt16LE(1, 56);
  // To be loaded, read and executed, never written.
  head.writeUInt32LE(1, fileHeader);
  head.writeUInt32LE(5, fileHeader + 4);
  for (const offset of [16, 24]) head.writeBigUInt64LE(BigInt(loadedAt), fileHeader + offset);
  for (const offset of [32, 40]) head.writeBigUInt64LE(size, fileHeader + offset);
  head.writeBigUInt64LE(0x10000n, fileHeader + 48);
  return Buffer.concat([head, code, ignore]);
}

function instructions(...words: readonly number[]): Buffer {
  const code = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) code.writeUInt32LE(word, 4 * index);
  return code;
}

function digest(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
