// Calls an AI service with a pairing code in place of an API key. Usage: node caller.mjs URL CODE
const [url, code] = process.argv.slice(2);
const answer = await fetch(url, {
  method: 'POST',
  headers: { authorization: `Bearer ${code}`, 'content-type': 'application/json' },
  body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
});
const notes = {
  503: 'the service cannot check the code now: keep it, try again',
  400: 'the code is no good: get another one',
  401: 'the code is no good: get another one',
  403: 'the code is good, but not for this',
};
console.log(
  JSON.stringify({
    status: answer.status,
    challenge: answer.headers.get('www-authenticate') ?? '',
    retryAfter: answer.headers.get('retry-after') ?? '',
    note: notes[answer.status] ?? '',
  }),
);
