import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelKey, isValidPortNum } from '../../helpers/validation/formats.ts';
import { checkEndpointIp, ipErrors } from '../../helpers/validation/ip.ts';
import type { EndpointAddress, EndpointPort, Endpoints } from '../../types.gen.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

function checkAddress(c: Checks, address: EndpointAddress, path: string): void {
  const texts = ipErrors(address.ip ?? '');
  if (texts.length > 0) c.texts(texts, [path, 'ip'], address.ip ?? '');
  else checkEndpointIp(c, address.ip, path, 'ip');
  c.optionalFormat(isDns1123Label, address.hostname, path, 'hostname');
  c.optionalFormat(isDns1123Subdomain, address.nodeName, path, 'nodeName');
}

function checkPort(c: Checks, port: EndpointPort, nameRequired: boolean, path: string): void {
  if (nameRequired && !port.name) c.required(path, 'name');
  else c.optionalFormat(isDns1123Label, port.name, path, 'name');
  c.texts(isValidPortNum(port.port ?? 0), [path, 'port'], port.port ?? 0);
  c.requiredOneOf(port.protocol, protocols, path, 'protocol');
  c.optionalFormat(isLabelKey, port.appProtocol, path, 'appProtocol');
}

export function validateEndpoints(obj: Endpoints): readonly FieldError[] {
  return collect((c) => {
    for (const [i, subset] of (obj.subsets ?? []).entries()) {
      const path = `subsets[${i}]`;
      const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
      if (addresses.length + notReadyAddresses.length === 0) c.required(path, '', 'must specify `addresses` or `notReadyAddresses`');
      for (const [j, address] of addresses.entries()) checkAddress(c, address, `${path}.addresses[${j}]`);
      for (const [j, address] of notReadyAddresses.entries()) checkAddress(c, address, `${path}.notReadyAddresses[${j}]`);
      for (const [j, port] of ports.entries()) checkPort(c, port, ports.length > 1, `${path}.ports[${j}]`);
    }
  });
}
