const range = (prefix: string, numbers: readonly number[]) => numbers.map((n) => `${prefix}${n}`);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const plain =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ';

const linux = [...plain.split(' ').map((n) => `SIG${n}`), ...range('SIGRTMAX-', upTo(14)), ...range('SIGRTMIN+', upTo(15))].sort();
const windows = ['SIGKILL', 'SIGTERM'];

/** Signals that a container may be stopped with, by operating system. */
export function stopSignals(os: string): readonly string[] {
  return os === 'windows' ? windows : linux;
}
