import { type FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain, isFullyQualifiedDomainName, isLabelKey, isLabelValue } from '../../helpers/validation/formats.ts';
import { canonicalIp, checkEndpointIp, ipErrors, ipFamily } from '../../helpers/validation/ip.ts';
import { checkLabels } from '../../helpers/validation/metadata.ts';
import type { Endpoint, EndpointSlice } from '../../types.gen.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

function checkIpAddress(c: Checks, address: string, family: 'IPv4' | 'IPv6', path: string, field: string): void {
  const texts = ipErrors(address);
  if (texts.length > 0) return c.texts(texts, [path, field], address);
  const name = family === 'IPv4' ? 'an IPv4' : 'an IPv6';
  if (ipFamily(address) !== family) return c.invalid([path, field], address, `must be ${name} address`);
  if (family === 'IPv6' && canonicalIp(address) !== address) {
    return c.invalid([path, field], address, `must be in canonical form (${JSON.stringify(canonicalIp(address))})`);
  }
  checkEndpointIp(c, address, path, field);
}

function checkAddresses(c: Checks, endpoint: Endpoint, type: string | undefined, path: string): void {
  const addresses = endpoint.addresses ?? [];
  if (addresses.length === 0) return c.required(path, 'addresses', 'must contain at least 1 address');
  if (addresses.length > 100) return c.atMost(addresses, 100, path, 'addresses');
  for (const [i, address] of addresses.entries()) {
    if (type === 'IPv4' || type === 'IPv6') checkIpAddress(c, address, type, path, `addresses[${i}]`);
    else if (type === 'FQDN') c.requiredFormat(isFullyQualifiedDomainName, address, path, `addresses[${i}]`);
  }
}

function checkHints(c: Checks, endpoint: Endpoint, path: string): void {
  for (const field of ['forZones', 'forNodes'] as const) {
    const list = endpoint.hints?.[field];
    c.atMost(list, 8, path, `hints.${field}`);
    const seen = new Set<string>();
    for (const [i, { name }] of (list ?? []).entries()) {
      const at = `hints.${field}[${i}].name`;
      if (seen.has(name)) c.duplicate(path, at, name);
      else c.format(field === 'forZones' ? isLabelValue : isDns1123Subdomain, name, path, at);
      seen.add(name);
    }
  }
}

function checkEndpoint(c: Checks, endpoint: Endpoint, type: string | undefined, path: string): void {
  checkAddresses(c, endpoint, type, path);
  c.optionalFormat(isDns1123Subdomain, endpoint.nodeName, path, 'nodeName');
  if (endpoint.deprecatedTopology) {
    if (Object.keys(endpoint.deprecatedTopology).length > 16) c.atMost(Object.keys(endpoint.deprecatedTopology), 16, path, 'deprecatedTopology');
    checkLabels(c, endpoint.deprecatedTopology, path, 'deprecatedTopology');
  }
  c.optionalFormat(isDns1123Label, endpoint.hostname, path, 'hostname');
  if (endpoint.hints) checkHints(c, endpoint, path);
}

function checkPorts(c: Checks, slice: EndpointSlice): void {
  const ports = slice.ports ?? [];
  if (ports.length > 20000) return c.atMost(ports, 20000, 'ports', '');
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const path = `ports[${i}]`;
    const name = port.name ?? '';
    c.optionalFormat(isDns1123Label, name, path, 'name');
    if (names.has(name)) c.duplicate(path, 'name', name);
    names.add(name);
    if (port.protocol === undefined) c.required(path, 'protocol');
    else c.oneOf(port.protocol, protocols, path, 'protocol');
    c.optionalFormat(isLabelKey, port.appProtocol, path, 'appProtocol');
  }
}

function check(c: Checks, slice: EndpointSlice): void {
  c.requiredOneOf(slice.addressType, ['FQDN', 'IPv4', 'IPv6'], 'addressType', '');
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > 1000) c.atMost(endpoints, 1000, 'endpoints', '');
  else for (const [i, endpoint] of endpoints.entries()) checkEndpoint(c, endpoint, slice.addressType, `endpoints[${i}]`);
  checkPorts(c, slice);
}

export function validateEndpointSlice(slice: EndpointSlice): readonly FieldError[] {
  return collect((c) => check(c, slice));
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  return collect((c) => {
    check(c, slice);
    c.immutable(slice.addressType, slice.addressType !== old.addressType, 'addressType', '');
  });
}
