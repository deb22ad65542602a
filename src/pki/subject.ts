import { der } from './der.ts';
import { directoryString, elementAt, elementsOf, expectElement, oidText } from './der-reader.ts';

/** Who a certificate speaks for: its common name is the user, its organizations are the groups. */
export interface Subject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

const commonNameOid = '2.5.4.3';
const organizationOid = '2.5.4.10';

/** Encodes a Name: one RDN for all organizations, then one for the common name. */
export function encodeName(subject: Subject): Buffer {
  const attribute = (oid: string, text: string) => der.sequence(der.oid(oid), der.utf8(text));
  const rdns: Buffer[] = [];
  if (subject.organizations.length > 0) rdns.push(der.set(...subject.organizations.map((o) => attribute(organizationOid, o))));
  if (subject.commonName !== '') rdns.push(der.set(attribute(commonNameOid, subject.commonName)));
  return der.sequence(...rdns);
}

/** Reads a Name (a SEQUENCE, raw). The last common name counts, all organizations do, in order. Throws `MalformedDer`. */
export function decodeName(raw: Uint8Array): Subject {
  let commonName = '';
  const organizations: string[] = [];
  for (const rdn of elementsOf(elementAt(raw, 0).content)) {
    for (const attribute of elementsOf(rdn.content)) {
      const parts = elementsOf(attribute.content);
      const type = oidText(expectElement(parts, 0, 0x06).content);
      const text = directoryString(expectElement(parts, 1));
      if (text === undefined) continue;
      if (type === commonNameOid) commonName = text;
      else if (type === organizationOid) organizations.push(text);
    }
  }
  return { commonName, organizations };
}

/** The raw parts of a certificate that issuing and authenticating need. */
export interface CertificateParts {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly subjectKeyId: Uint8Array | undefined;
}

/** Takes a certificate (DER) apart. Throws `MalformedDer`. Checks no signature. */
export function certificateParts(certificate: Uint8Array): CertificateParts {
  const tbs = elementsOf(expectElement(elementsOf(elementAt(certificate, 0).content), 0, 0x30).content);
  const at = tbs[0]?.tag === 0xa0 ? 1 : 0; // [0] version
  const extensions = tbs.find((e) => e.tag === 0xa3);
  return {
    issuer: expectElement(tbs, at + 2, 0x30).raw,
    subject: expectElement(tbs, at + 4, 0x30).raw,
    publicKey: expectElement(tbs, at + 5, 0x30).raw,
    subjectKeyId: extensions && subjectKeyId(extensions.content),
  };
}

function subjectKeyId(extensions: Uint8Array): Uint8Array | undefined {
  for (const extension of elementsOf(elementAt(extensions, 0).content)) {
    const parts = elementsOf(extension.content);
    if (oidText(expectElement(parts, 0, 0x06).content) !== '2.5.29.14') continue;
    return elementAt(expectElement(parts, parts.length - 1, 0x04).content, 0).content;
  }
  return undefined;
}

/** The subject of a certificate in DER. Throws `MalformedDer`. Checks no signature: give it what the TLS layer verified. */
export function readSubject(certificate: Uint8Array): Subject {
  return decodeName(certificateParts(certificate).subject);
}
