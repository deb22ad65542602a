// The middle tier: keeps the guestbook's entries in redis. Plain Node, no dependency: RESP over one connection per request.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { hostname } from 'node:os';

const redis = { host: process.env.REDIS_HOST ?? 'redis', port: 6379 };
const passwordFile = process.env.REDIS_PASSWORD_FILE;
const greeting = process.env.GREETING ?? 'guestbook';

/** Sends commands and resolves with the last reply's lines. */
function ask(...commands) {
  const password = passwordFile ? readFileSync(passwordFile, 'utf8').trim() : undefined;
  const all = password ? [['AUTH', password], ...commands] : commands;
  return new Promise((resolve, reject) => {
    const socket = connect(redis);
    let text = '';
    socket.setTimeout(3000, () => socket.destroy(new Error('redis did not answer')));
    socket.on('error', reject);
    socket.on('data', (data) => (text += data));
    socket.on('end', () =>
      text.includes('-ERR') || text.includes('-NOAUTH') || text.includes('-WRONGPASS')
        ? reject(new Error(text))
        : resolve(text.split('\r\n').filter((l) => l !== '' && !/^[+$*:]/.test(l))),
    );
    for (const words of [...all, ['QUIT']]) {
      socket.write(`*${words.length}\r\n${words.map((w) => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('')}`);
    }
  });
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://web');
  try {
    if (url.pathname === '/healthz') return response.end('ok\n');
    if (request.method === 'POST') {
      let entry = '';
      for await (const chunk of request) entry += chunk;
      await ask(['RPUSH', 'entries', entry.slice(0, 1000)]);
      response.statusCode = 201;
      return response.end('written\n');
    }
    const entries = await ask(['LRANGE', 'entries', '0', '-1']);
    response.setHeader('content-type', 'application/json');
    response.end(`${JSON.stringify({ greeting, servedBy: hostname(), entries })}\n`);
  } catch (error) {
    response.statusCode = 503;
    response.end(`${error.message}\n`);
  }
});
server.listen(8080);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
