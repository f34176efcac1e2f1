// The floor: a bare Express 5 handler that does the work of the benchmark flow and nothing else.
import express from 'express';

const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/hook', (request, response) => {
  const records = (request.body as { records: { amount: number }[] }).records;
  const total = records.reduce((sum, record) => sum + record.amount, 0);
  response.json({ count: records.length, total });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(
    JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/hook` }),
  );
});
