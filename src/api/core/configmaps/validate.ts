import type { FieldError } from '../../../apimachinery/index.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isConfigMapKey } from '../../helpers/validation/formats.ts';
import type { ConfigMap } from '../../types.gen.ts';

const maxBytes = 1024 * 1024;
const frozen = 'field is immutable when `immutable` is set';

/** Bytes that base64 text stands for. */
export function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}

function check(c: Checks, obj: ConfigMap): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(obj.data ?? {})) {
    c.format(isConfigMapKey, key, 'data', `[${key}]`);
    if (Object.hasOwn(obj.binaryData ?? {}, key)) c.invalid(['data', `[${key}]`], key, 'duplicate of key present in binaryData');
    bytes += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(obj.binaryData ?? {})) {
    c.format(isConfigMapKey, key, 'binaryData', `[${key}]`);
    bytes += decodedBytes(value);
  }
  if (bytes > maxBytes) c.tooLong('<nil>', '', maxBytes);
}

export function validateConfigMap(obj: ConfigMap): readonly FieldError[] {
  return collect((c) => check(c, obj));
}

export function validateConfigMapUpdate(obj: ConfigMap, old: ConfigMap): readonly FieldError[] {
  return collect((c) => {
    if (old.immutable) {
      if (!obj.immutable) c.forbidden('immutable', '', frozen);
      if (!semanticEqual(obj.data ?? {}, old.data ?? {})) c.forbidden('data', '', frozen);
      if (!semanticEqual(obj.binaryData ?? {}, old.binaryData ?? {})) c.forbidden('binaryData', '', frozen);
    }
    check(c, obj);
  });
}
