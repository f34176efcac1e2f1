import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adminLinkToken } from './auth/first-admin.ts';
import type { ServerConfig } from './config.ts';
import { ConfigError } from './config.ts';
import type { Platform } from './handlers/platform.ts';
import { refuseBrokenRequests } from './http/broken-requests.ts';
import type { Log } from './logger.ts';
import { createLogger } from './logger.ts';
import type { Wired, WiringExtras } from './wiring.ts';
import { wire } from './wiring.ts';

export interface RunningServer {
  url: string;
  port: number;
  /** A link that signs an administrator in once, within the hour; null if there is no enabled administrator. */
  newSignInLink(): Promise<string | null>;
  /** For the command line and the demo, which work inside this process. */
  platform: Platform;
  /** Takes nothing new, lets steps under way end for 10 s, then closes. Repeating it waits for the first. */
  stop(): Promise<void>;
}

export interface StartExtras extends WiringExtras {
  log?: Log;
  /** Awaited once the storage is this process's own and before any run goes on: what runs cannot do without. */
  beforeWork?: () => Promise<void>;
}

const graceMs = 10_000;
/** For the largest file over a slow line; other bodies have a limit of their own, and silence ends an upload. */
const requestTimeoutMs = 6 * 3_600_000;
const headersTimeoutMs = 15_000;

function listen(server: ReturnType<typeof createServer>, { host, port }: ServerConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new ConfigError(`PORT is ${port}, which another program uses; allowed is a free port.`) : error);
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * Starts the platform in this process and resolves when it is ready for work.
 * @throws {ConfigError} with one line to print, or {FlowError} DATA_FOLDER_IN_USE.
 */
export async function startServer(config: ServerConfig, extras: StartExtras = {}): Promise<RunningServer> {
  const log = extras.log ?? createLogger(config);
  const wired = await wire(config, log, extras);
  try {
    await extras.beforeWork?.();
    return await serve(wired, config, log);
  } catch (error) {
    // Clocks that `begin` started would keep the process alive.
    wired.stopAccepting();
    await wired.close(0);
    throw error;
  }
}

async function serve(wired: Wired, config: ServerConfig, log: Log): Promise<RunningServer> {
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
    },
    wired.app,
  );
  server.maxRequestsPerSocket = 0;
  refuseBrokenRequests(server);
  wired.attachSocket(server);
  await wired.begin();
  const port = await listen(server, config);
  const shownHost = config.host === '127.0.0.1' || config.host === '0.0.0.0' ? 'localhost' : config.host;
  const url = config.publicUrl ?? `http://${shownHost}:${port}`;
  const { store, now } = wired.platform;
  // A fault nobody awaited must be seen, and must not take the other runs down with it.
  const unawaited = (error: unknown) => log.error({ err: error }, 'a rejection was not handled');
  process.on('unhandledRejection', unawaited);
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    log.info('stopping');
    wired.stopAccepting();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await wired.close(graceMs);
    server.closeAllConnections();
    await closed;
    process.off('unhandledRejection', unawaited);
    log.info('stopped');
  };
  return {
    url,
    port,
    async newSignInLink() {
      const token = await adminLinkToken(store, config.adminEmail, now);
      return token === null ? null : `${url}/sign-in?token=${token}`;
    },
    platform: wired.platform,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
