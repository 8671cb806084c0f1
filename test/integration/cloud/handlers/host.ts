import { Clock } from '../../../../local/clock.ts';
import { startCloud } from '../../../../local/cloud/cloud.ts';

// A host of its own, for tests that end it: starts the assembly it is given, and waits.
const clock = new Clock();
const [, , assemblyDirectory = ''] = process.argv;
const cloud = await startCloud({
  assemblyDirectory,
  clock,
  onLog: ({ text }) => process.stdout.write(`${text}\n`),
});
await cloud.invoke('Tell', {});
process.once('SIGINT', async () => {
  await cloud.stop();
  clock.close();
  process.stdout.write('stopped\n');
});
