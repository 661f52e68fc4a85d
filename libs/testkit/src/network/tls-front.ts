import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** A TLS server that leads to a plain one. */
export interface TlsFront {
  readonly host: string;
  readonly port: number;
  /** Its certificate, signed by nobody else; PEM. */
  readonly certificate: string;
  /** The key of it; PEM. Whoever has both may be a client, when the front asks for a certificate. */
  readonly key: string;
  close(): Promise<void>;
}

/**
 * @param port of the server; a function where that is known only later
 * @param asksForCertificate lets in only who shows the front's own
 */
export async function openTlsFront(
  host: string,
  port: number | (() => number),
  asksForCertificate = false,
): Promise<TlsFront> {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-tls-'));
  const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...subject,
    ...['-keyout', files.key, '-out', files.cert],
  ]);
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr.toString()}`);
  const [key, certificate] = await Promise.all([readFile(files.key, 'utf8'), readFile(files.cert, 'utf8')]);
  const options = { key, cert: certificate, ca: certificate, requestCert: asksForCertificate };
  const server = createServer({ ...options, rejectUnauthorized: asksForCertificate }, (near) => {
    const far = connect({ host, port: typeof port === 'number' ? port : port() });
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    host: 'localhost',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    certificate,
    key,
    close: async () => {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
