import { errorText } from '../../../base/index.ts';
import { type FieldError, getKey } from '../../../apimachinery/index.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isConfigMapKey } from '../../helpers/validation/formats.ts';
import type { Secret } from '../../types.gen.ts';
import { decodedBytes } from '../configmaps/validate.ts';

const maxBytes = 1024 * 1024;
const frozen = 'field is immutable when `immutable` is set';
const accountName = 'kubernetes.io/service-account.name';

function checkJsonKey(c: Checks, obj: Secret, key: string): void {
  const value = getKey(obj.data, key);
  if (value === undefined) return c.required('data', `[${key}]`);
  try {
    JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
  } catch (error) {
    // The value itself is a secret and is not shown.
    c.invalid(['data', `[${key}]`], '<secret contents redacted>', errorText(error));
  }
}

function checkType(c: Checks, obj: Secret): void {
  const need = (key: string) => {
    if (!Object.hasOwn(obj.data ?? {}, key)) c.required('data', `[${key}]`);
  };
  switch (obj.type) {
    case 'kubernetes.io/service-account-token':
      if (!getKey(obj.metadata?.annotations, accountName)) c.required('metadata.annotations', `[${accountName}]`);
      break;
    case 'kubernetes.io/dockercfg':
      checkJsonKey(c, obj, '.dockercfg');
      break;
    case 'kubernetes.io/dockerconfigjson':
      checkJsonKey(c, obj, '.dockerconfigjson');
      break;
    case 'kubernetes.io/basic-auth':
      if (Object.hasOwn(obj.data ?? {}, 'username') || Object.hasOwn(obj.data ?? {}, 'password')) break;
      need('username');
      need('password');
      break;
    case 'kubernetes.io/ssh-auth':
      if (!getKey(obj.data, 'ssh-privatekey')) c.required('data', '[ssh-privatekey]');
      break;
    case 'kubernetes.io/tls':
      need('tls.crt');
      need('tls.key');
      break;
    default:
  }
}

function check(c: Checks, obj: Secret): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(obj.data ?? {})) {
    c.format(isConfigMapKey, key, 'data', `[${key}]`);
    bytes += decodedBytes(value);
  }
  if (bytes > maxBytes) c.tooLong('data', '', maxBytes);
  checkType(c, obj);
}

export function validateSecret(obj: Secret): readonly FieldError[] {
  return collect((c) => check(c, obj));
}

export function validateSecretUpdate(obj: Secret, old: Secret): readonly FieldError[] {
  return collect((c) => {
    c.immutable(obj.type ?? '', obj.type !== old.type, 'type', '');
    if (old.immutable) {
      if (!obj.immutable) c.forbidden('immutable', '', frozen);
      if (!semanticEqual(obj.data ?? {}, old.data ?? {})) c.forbidden('data', '', frozen);
    }
    check(c, obj);
  });
}
