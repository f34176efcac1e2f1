// Starts the platform from the environment, for containers and process managers.
import { FlowError } from '@waybill/flow-model';
import { ConfigError, readConfig } from './config.ts';
import { startServer } from './start-server.ts';

try {
  const server = await startServer(readConfig(process.env));
  console.log(`Waybill is running at ${server.url}`);
  const link = await server.newSignInLink();
  if (link) console.log(`Sign in once within the hour: ${link}`);
  const stop = () => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  if (error instanceof ConfigError) console.error(error.message);
  else if (error instanceof FlowError) console.error(`${error.details.what} ${error.details.fix}`);
  else console.error(error);
  process.exit(1);
}
