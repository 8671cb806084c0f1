import { join } from 'node:path';
import { type Surroundings, succeed } from './run-program.ts';

/** A key with its self-signed certificate, as files in PEM. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

const NAMES = ['DNS:localhost', 'DNS:*.execute-api.localhost', 'IP:127.0.0.1'];

/**
 * The emulator speaks TLS, because the policies of the buckets and the queues deny everything else, and
 * here they are obeyed.
 */
export async function makeCertificate(
  folder: string,
  surroundings: Surroundings,
): Promise<Certificate> {
  const files = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') };
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature,keyEncipherment',
    'extendedKeyUsage=serverAuth',
    `subjectAltName=${NAMES.join(',')}`,
  ];
  await succeed(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=emulator'],
      ...['-keyout', files.key, '-out', files.certificate],
      ...extensions.flatMap((it) => ['-addext', it]),
    ],
    surroundings,
  );
  return files;
}
