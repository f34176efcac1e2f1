import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { HttpProblem, problemBody } from '../problem.ts';

const answers: Record<string, [number, string, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are larger than 16 KB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to arrive.'],
};

/**
 * What Node's parser cannot read is answered as a problem, too, and never reaches our code. A connection that breaks off
 * ends nothing but itself, also one whose client asked to go on with another protocol, for which Node listens no more.
 */
export function refuseBrokenRequests(server: Server): void {
  server.on('connection', (socket: Socket) => {
    // Whoever is in the middle of something hears of its end by 'close'.
    socket.on('error', () => socket.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, title, detail] = answers[error.code ?? ''] ?? [400, 'Bad Request', 'The request is not valid HTTP.'];
    const problem = new HttpProblem('REQUEST_INVALID', { detail, fix: 'Send less, or send it correctly.' });
    const body = JSON.stringify({ ...problemBody(problem, 'about:blank'), status, title });
    socket.end(
      `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
}
