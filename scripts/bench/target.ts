// The outside system of the HTTP benchmark: answers a small JSON object at once.
import { createServer } from 'node:http';

const body = JSON.stringify({ ok: true, rate: 1.25, currency: 'EUR' });
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(
    JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/` }),
  );
});
