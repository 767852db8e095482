/**
 * The image's health check: asks the service of this very container whether it can do its work now. Plain or TLS,
 * whichever it listens with; its certificate names the service and not the loopback, so it is not verified here.
 */
const http = require('node:http');
const https = require('node:https');

const AT = { host: '127.0.0.1', port: 7100, path: '/health/ready', timeout: 2500, rejectUnauthorized: false };

const isReady = (protocol) =>
  new Promise((resolve) => {
    const request = protocol.get(AT, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });

Promise.all([isReady(http), isReady(https)]).then((ready) => process.exit(ready.some(Boolean) ? 0 : 1));
