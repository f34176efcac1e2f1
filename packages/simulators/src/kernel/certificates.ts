/** A test certificate authority and one server certificate for the loopback names, made at first start and kept. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  /** PEM file of the authority, for `NODE_EXTRA_CA_CERTS` or a client's `ca` option. */
  readonly caFile: string;
}

const tenYearsMs = 10 * 365 * 24 * 3_600_000;

export async function serverCertificate(dataDir: string): Promise<ServerCertificate> {
  const folder = join(dataDir, 'tls');
  const caFile = join(folder, 'ca.pem');
  const certFile = join(folder, 'server.pem');
  const keyFile = join(folder, 'server.key');
  if (![caFile, certFile, keyFile].every((file) => existsSync(file))) {
    const { ca, server } = await createCertificates();
    mkdirSync(folder, { recursive: true });
    writeFileSync(keyFile, server.private, { mode: 0o600 });
    writeFileSync(certFile, server.cert);
    writeFileSync(caFile, ca.cert);
  }
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), caFile };
}

async function createCertificates() {
  const common = { algorithm: 'sha256', notAfterDate: new Date(Date.now() + tenYearsMs) } as const;
  const ca = await generate([{ name: 'commonName', value: 'Simulators test CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { ca, server };
}
