/** Child of the crash test: inserts forever, printing each number once its write was acknowledged. */
import { createMongoose } from '@waybill/mongoose-sqlite';

const m = createMongoose();
await m.connect(process.argv[2]!);
const c = m.connection.collection('c');
await c.createIndex({ n: 1 }, { unique: true });
await c.createIndex({ tags: 1 });
let next = await c.countDocuments();
for (;;) {
  const numbers = Array.from({ length: 20 }, () => next++);
  await Promise.all(
    numbers.map(async (n) => {
      await c.insertOne({ n, tags: [`t${n}`, 'all'] });
      process.stdout.write(`${n}\n`);
    }),
  );
}
