import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain, isValidPortName, isValidPortNum, isWildcardDns1123Subdomain } from '../../helpers/validation/formats.ts';
import { ipFamily } from '../../helpers/validation/ip.ts';
import type { HTTPIngressPath, Ingress, IngressBackend, IngressSpec } from '../../types.gen.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const inPath = ['//', '/./', '/../', '%2f', '%2F'];
const atEnd = ['/..', '/.'];

function checkBackend(c: Checks, backend: IngressBackend | undefined, path: string): void {
  if (backend?.resource && backend.service) {
    return c.invalid([path, ''], '', 'cannot set both resource and service backends');
  }
  if (backend?.resource) {
    if (!backend.resource.kind) c.required(path, 'resource.kind');
    if (!backend.resource.name) c.required(path, 'resource.name');
    return;
  }
  const service = backend?.service;
  if (!service) return c.invalid([path, ''], '', 'resource or service backend is required');
  c.requiredFormat(isDns1123Label, service.name, path, 'service.name');
  const { name, number } = service.port ?? {};
  if (name && number) c.invalid([path, ''], '', 'cannot set both port name & port number');
  else if (name) c.format(isValidPortName, name, path, 'service.port.name');
  else if (number) c.texts(isValidPortNum(number), [path, 'service.port.number'], number);
  else c.required(path, '', 'port name or number is required');
}

function checkPath(c: Checks, item: HTTPIngressPath, at: string): void {
  const path = item.path ?? '';
  if (!item.pathType) c.required(at, 'pathType', 'pathType must be specified');
  else if (!pathTypes.includes(item.pathType)) c.notSupported([at, 'pathType'], item.pathType, pathTypes);
  else if (item.pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) c.invalid([at, 'path'], path, 'must be an absolute path');
  } else {
    if (!path.startsWith('/')) c.invalid([at, 'path'], path, 'must be an absolute path');
    for (const bad of inPath) if (path.includes(bad)) c.invalid([at, 'path'], path, `must not contain '${bad}'`);
    for (const bad of atEnd) if (path.endsWith(bad)) c.invalid([at, 'path'], path, `cannot end with '${bad}'`);
  }
  checkBackend(c, item.backend, `${at}.backend`);
}

function checkHost(c: Checks, host: string, path: string, field: string): void {
  if (ipFamily(host)) c.invalid([path, field], host, 'must be a DNS name, not an IP address');
  c.format(host.includes('*') ? isWildcardDns1123Subdomain : isDns1123Subdomain, host, path, field);
}

function checkSpec(c: Checks, spec: IngressSpec): void {
  if (!spec.rules?.length && !spec.defaultBackend) {
    c.invalid(['spec', ''], spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified');
  }
  if (spec.defaultBackend) checkBackend(c, spec.defaultBackend, 'spec.defaultBackend');
  for (const [i, rule] of (spec.rules ?? []).entries()) {
    const at = `spec.rules[${i}]`;
    if (rule.host) checkHost(c, rule.host, at, 'host');
    if (!rule.http) continue;
    if (!rule.http.paths?.length) c.required(at, 'http.paths');
    for (const [j, path] of (rule.http.paths ?? []).entries()) checkPath(c, path, `${at}.http.paths[${j}]`);
  }
  for (const [i, tls] of (spec.tls ?? []).entries()) {
    for (const [j, host] of (tls.hosts ?? []).entries()) {
      c.format(host.includes('*') ? isWildcardDns1123Subdomain : isDns1123Subdomain, host, `spec.tls[${i}]`, `hosts[${j}]`);
    }
    c.optionalFormat(isDns1123Subdomain, tls.secretName, `spec.tls[${i}]`, 'secretName');
  }
  if (spec.ingressClassName !== undefined) c.format(isDns1123Subdomain, spec.ingressClassName, 'spec', 'ingressClassName');
}

export function validateIngress(obj: Ingress): readonly FieldError[] {
  return collect((c) => {
    checkSpec(c, obj.spec ?? {});
    const key = 'kubernetes.io/ingress.class';
    const annotated = obj.metadata?.annotations?.[key];
    const name = obj.spec?.ingressClassName;
    if (annotated && name !== undefined && annotated !== name) {
      c.invalid(['annotations', key], annotated, 'must match `ingressClassName` when both are specified');
    }
  });
}
