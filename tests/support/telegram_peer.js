// The independent test server of npm's telegram-test-api, made to answer as Telegram does where it does not:
// getMe, long polls, dates in seconds, and all methods but sendMessage. GET /calls tells every call that came.
const TelegramServer = require('telegram-test-api');
const express = require('express');

const server = new TelegramServer({ port: Number(process.argv[2]), host: '127.0.0.1', storeTimeout: 600 });
const app = express();
const calls = [];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

app.use(express.json(), express.urlencoded({ extended: true }));
app.get('/calls', (request, response) => response.json(calls));

app.all('/bot:token/:method', async (request, response, next) => {
  const { method, token } = request.params;
  const body = request.body;
  const json = response.json.bind(response);
  const ok = (result) => json({ ok: true, result });
  for (const key in body) {
    if (key !== 'text' && /^[[{]/.test(body[key])) body[key] = JSON.parse(body[key]);
  }
  if (method === 'getUpdates') {
    const end = Date.now() + 1000 * (body.timeout || 0);
    let found = server.getUpdates(token);
    while (!found.length && Date.now() < end) {
      await sleep(25);
      found = server.getUpdates(token);
    }
    for (const update of found) {
      if (update.callback_query) update.callback_query.chat_instance = '1';
    }
    return ok(found);
  }
  calls.push({ method, ...body });
  if (method === 'getMe') return ok({ id: 1, is_bot: true, first_name: 'T', username: 'peer_bot' });
  if (method === 'getWebhookInfo') return ok({ url: '', has_custom_certificate: false, pending_update_count: 0 });
  if (method !== 'sendMessage') return ok(true);
  response.json = (told) => ok({
    message_id: told.result.message_id,
    date: Math.floor(Date.now() / 1000),
    text: body.text,
    chat: { id: Number(body.chat_id), type: 'private' },
  });
  next();
});

app.use(server.webServer);
server.webServer = app;
server.start().then(() => console.log('ready'));
