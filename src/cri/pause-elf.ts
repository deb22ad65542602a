import { assert } from '../base/index.ts';

export type Architecture = 'amd64' | 'arm64';

const baseAddress = 0x400000;
const headerBytes = 64 + 56;
const actionBytes = 32;
const signals = { int: 2, term: 15, child: 17 } as const;
const saRestorer = 0x04000000n;

/**
 * The program that holds a pod's namespaces, as a static Linux executable of some 300 bytes, assembled here so that nothing need be
 * compiled or downloaded:
 *
 *     rt_sigaction(SIGINT, on_end); rt_sigaction(SIGTERM, on_end)   # PID 1 has no default actions: without a handler these do nothing
 *     rt_sigaction(SIGCHLD, SIG_IGN)                                # the kernel then reaps the pod's orphans by itself
 *     for (;;) pause()
 *     on_end: exit_group(0)
 */
export function pauseElf(arch: Architecture): Buffer {
  const assemble = arch === 'amd64' ? assembleAmd64 : assembleArm64;
  // Lengths do not depend on addresses: one round finds them.
  const length = assemble({ onEnd: 0, ignore: 0 }).code.length;
  const data = baseAddress + alignUp(headerBytes + length, 8);
  const { code, handlerAt } = assemble({ onEnd: data, ignore: data + actionBytes });
  assert(code.length === length, 'code length depends on addresses');
  const handler = BigInt(baseAddress + headerBytes + handlerAt);
  const file = Buffer.alloc(data - baseAddress + 2 * actionBytes);
  writeElfHeaders(file, arch);
  code.copy(file, headerBytes);
  writeAction(file, { at: data - baseAddress, handler });
  writeAction(file, { at: data - baseAddress + actionBytes, handler: 1n });
  return file;
}

function alignUp(n: number, to: number): number {
  return Math.ceil(n / to) * to;
}

/** `struct kernel_sigaction`: handler, flags, restorer, mask. The handler never returns, so any address does as the restorer, which x86 demands. */
function writeAction(file: Buffer, action: { readonly at: number; readonly handler: bigint }): void {
  file.writeBigUInt64LE(action.handler, action.at);
  file.writeBigUInt64LE(saRestorer, action.at + 8);
  file.writeBigUInt64LE(action.handler, action.at + 16);
}

/** ELF64, little endian, executable, with one segment (read and execute) that is the whole file. */
function writeElfHeaders(file: Buffer, arch: Architecture): void {
  file.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(arch === 'amd64' ? 62 : 183, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(baseAddress + headerBytes), 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(5, 68);
  file.writeBigUInt64LE(BigInt(baseAddress), 80);
  file.writeBigUInt64LE(BigInt(baseAddress), 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x10000n, 112);
}

interface Addresses {
  readonly onEnd: number;
  readonly ignore: number;
}

interface Assembled {
  readonly code: Buffer;
  /** Offset of `on_end` in the code. */
  readonly handlerAt: number;
}

function assembleAmd64(addresses: Addresses): Assembled {
  const imm32 = (n: number) => [n & 0xff, (n >>> 8) & 0xff, (n >>> 16) & 0xff, n >>> 24];
  const syscall = [0x0f, 0x05];
  const movEax = (n: number) => [0xb8, ...imm32(n)];
  const sigaction = (signal: number, action: number) => [
    ...movEax(13),
    ...[0xbf, ...imm32(signal)], // mov edi, signal
    ...[0xbe, ...imm32(action)], // mov esi, action
    ...[0x31, 0xd2], // xor edx, edx
    ...[0x41, 0xba, ...imm32(8)], // mov r10d, 8
    ...syscall,
  ];
  const main = [
    ...sigaction(signals.int, addresses.onEnd),
    ...sigaction(signals.term, addresses.onEnd),
    ...sigaction(signals.child, addresses.ignore),
    ...movEax(34), // pause
    ...syscall,
    ...[0xeb, 0xf7], // jmp back over these nine bytes
  ];
  const onEnd = [...movEax(231), 0x31, 0xff, ...syscall]; // exit_group(edi = 0)
  return { code: Buffer.from([...main, ...onEnd]), handlerAt: main.length };
}

function assembleArm64(addresses: Addresses): Assembled {
  const movz = (register: number, n: number) => 0xd2800000 + ((n & 0xffff) << 5) + register;
  const movkHigh = (register: number, n: number) => 0xf2a00000 + (((n >>> 16) & 0xffff) << 5) + register;
  const svc = 0xd4000001;
  const syscallNumber = (n: number) => movz(8, n);
  const sigaction = (signal: number, action: number) => [
    syscallNumber(134),
    movz(0, signal),
    movz(1, action),
    movkHigh(1, action),
    movz(2, 0),
    movz(3, 8),
    svc,
  ];
  // There is no pause here: ppoll(NULL, 0, NULL, NULL, 0) waits for ever as well.
  const wait = [syscallNumber(73), movz(0, 0), movz(1, 0), movz(2, 0), movz(3, 0), movz(4, 0), svc];
  const main = [
    ...sigaction(signals.int, addresses.onEnd),
    ...sigaction(signals.term, addresses.onEnd),
    ...sigaction(signals.child, addresses.ignore),
    ...wait,
    0x14000000 + (-wait.length & 0x3ffffff), // b back to the wait
  ];
  const onEnd = [syscallNumber(94), movz(0, 0), svc];
  const code = Buffer.alloc((main.length + onEnd.length) * 4);
  [...main, ...onEnd].forEach((word, i) => code.writeUInt32LE(word >>> 0, i * 4));
  return { code, handlerAt: main.length * 4 };
}
