import type { Checks } from './checks.ts';

/** No part of a path may be `..`. */
export function checkNoBacksteps(c: Checks, value: string, path: string, field: string): void {
  if (value.includes('..') && value.split('/').includes('..')) c.invalid([path, field], value, "must not contain '..'");
}

/** A path within a volume: relative and without `..`. */
export function checkLocalPath(c: Checks, value: string, path: string, field: string): void {
  if (value.startsWith('/')) c.invalid([path, field], value, 'must be a relative path');
  checkNoBacksteps(c, value, path, field);
}

/** A path that Kubernetes may write to: names that start with `..` are its own. */
export function checkLocalNonReservedPath(c: Checks, value: string, path: string, field: string): void {
  checkLocalPath(c, value, path, field);
  if (value.startsWith('..') && !value.startsWith('../')) c.invalid([path, field], value, "must not start with '..'");
}

/** Permission bits of a file. */
export function checkFileMode(c: Checks, mode: number | undefined, path: string, field: string): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) {
    c.invalid([path, field], mode, 'must be a number between 0 and 0777 (octal), both inclusive');
  }
}
