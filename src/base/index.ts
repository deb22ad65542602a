/**
 * What every part stands on: time, chance, assertions, logs and plain data structures.
 *
 * - No Kubernetes word, no I/O beyond the operating system's clock and random source.
 * - Nothing here is global state that a caller could share by accident: clocks, random sources and loggers are passed in.
 */
export { asBuffer } from './as-buffer.ts';
export { AssertionError, assert, unreachable } from './assert.ts';
export { type Clock, FakeClock, realClock, type Timer } from './clock.ts';
export { errorText } from './error-text.ts';
export { KeyedHeap } from './heap.ts';
export { type LinearRegExp, linearRegExp, PatternError } from './linear-regexp.ts';
export { jsonLogger, type LogFields, type Logger, type LogLevel, silentLogger } from './log.ts';
export { nextTurn } from './next-turn.ts';
export { type Rng, randomHex, seededRng, systemRng } from './rng.ts';
export { SortedMap } from './sorted-map.ts';
