/** RFC 7468: `-----BEGIN label-----`, base64 in lines of 64, `-----END label-----`. */
export function encodePem(label: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString('base64');
  return `-----BEGIN ${label}-----\n${base64.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
}

export interface PemBlock {
  readonly label: string;
  readonly bytes: Buffer;
}

/** Every block of a PEM text, in order; text between blocks is skipped, broken blocks are left out. */
export function decodePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const pattern = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----/g;
  for (const match of text.matchAll(pattern)) blocks.push({ label: match[1] ?? '', bytes: Buffer.from(match[2] ?? '', 'base64') });
  return blocks;
}

/** The certificates of a bundle, each in DER. */
export function certificatesOf(pem: string): Buffer[] {
  return decodePem(pem)
    .filter((b) => b.label === 'CERTIFICATE')
    .map((b) => b.bytes);
}
